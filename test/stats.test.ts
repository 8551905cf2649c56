/** Speedups, intervals and means: hand-computed values, and properties over random samples. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateOf, halfWidth, intervalOf } from '../src/stats/interval.ts';
import { means, meansOf } from '../src/stats/means.ts';
import { type Sampled, typicalNs } from '../src/stats/samples.ts';
import { leftOut, ratios, speedup } from '../src/stats/speedup.ts';
import { compare, noiseFloor, twinId } from '../src/stats/verdict.ts';

const sample = (round: number, c: string, variant: string, ...timeNs: number[]): Sampled =>
  turned(round, 0, c, variant, timeNs);

const turned = (
  round: number,
  turn: number,
  c: string,
  variant: string,
  timeNs: number[],
  queuedNs: number[] | null = null,
): Sampled => ({ round, turn, case: c, variant, timeNs, queuedNs });

const logInterval = (values: readonly number[]) => intervalOf(estimateOf(values));

describe('interval', () => {
  test('geometric mean and t-interval of three values', () => {
    const { value, low, high } = logInterval([2, 4, 8]);
    expect(value).toBeCloseTo(4, 12);
    // sd of the logs is ln 2; half = 4.303 ln 2 / sqrt 3.
    const half = (4.303 * Math.LN2) / Math.sqrt(3);
    expect(low).toBeCloseTo(4 * Math.exp(-half), 10);
    expect(high).toBeCloseTo(4 * Math.exp(half), 10);
  });

  test('one round has no width, which is not the same as no uncertainty', () => {
    const one = logInterval([3]);
    expect(one).toEqual({ value: expect.closeTo(3, 12), low: null, high: null });
    expect(halfWidth(one)).toBe(Number.POSITIVE_INFINITY);
  });

  test('no value at all is a mistake of the caller', () => {
    expect(() => logInterval([])).toThrow(/at least one/);
  });

  test('covers the true ratio in 95 of 100 runs of three rounds', () => {
    // Log-normal noise from a fixed generator: the share covered must lie near 0.95.
    let state = 1;
    const uniform = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const noise = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    let covered = 0;
    for (let run = 0; run < 4000; run++) {
      const { low, high } = logInterval([0, 1, 2].map(() => 10 * Math.exp(0.05 * noise())));
      if ((low as number) <= 10 && 10 <= (high as number)) covered++;
    }
    expect(covered / 4000).toBeGreaterThan(0.935);
    expect(covered / 4000).toBeLessThan(0.965);
  });
});

describe('speedup', () => {
  const samples = [
    sample(0, 'a', 'base', 100, 300, 110),
    sample(0, 'a', 'fast', 10, 11, 12),
    sample(1, 'a', 'fast', 20),
    sample(1, 'a', 'base', 400),
    sample(2, 'a', 'fast', 1),
    sample(0, 'b', 'base', 60),
    sample(0, 'b', 'fast', 30),
  ];

  test('is a ratio of medians within a round, and a round without a partner does not count', () => {
    expect(
      [...ratios(samples, 'base', 'fast', 'a')].map(([round, value]) => [round, Math.round(value * 1e9) / 1e9]),
    ).toEqual([
      [0, 10],
      [1, 20],
    ]);
    expect(speedup(samples, 'base', 'fast', 'a')?.value).toBeCloseTo(Math.sqrt(200), 10);
    expect(speedup(samples, 'base', 'slow', 'a')).toBeNull();
  });

  test('where the baseline has fewer than three calls, means meet means', () => {
    const few = [sample(0, 'a', 'base', 90, 110), sample(0, 'a', 'fast', 10, 10, 10, 10, 60)];
    expect(ratios(few, 'base', 'fast', 'a').get(0)).toBeCloseTo(5, 12);
  });

  test('a linear drift cancels in two turns of opposite order', () => {
    // Times grow by 1 % from place to place: base fast | fast base.
    const drifting = [
      turned(0, 0, 'a', 'base', [100, 100, 100]),
      turned(
        0,
        0,
        'a',
        'fast',
        [101, 101, 101].map((ns) => ns / 4),
      ),
      turned(
        0,
        1,
        'a',
        'fast',
        [102.01, 102.01, 102.01].map((ns) => ns / 4),
      ),
      turned(0, 1, 'a', 'base', [103.0301, 103.0301, 103.0301]),
    ];
    expect(speedup(drifting, 'base', 'fast', 'a')?.value).toBeCloseTo(4, 9);
  });

  describe('calls that queued for a CPU', () => {
    const base = (turn: number, queuedNs: number[] | null) => turned(0, turn, 'a', 'base', [80, 80, 80], queuedNs);
    const fast = (turn: number, timeNs: number[], queuedNs: number[]) => turned(0, turn, 'a', 'fast', timeNs, queuedNs);

    test('are left out, and counted', () => {
      const samples = [base(0, null), fast(0, [10, 30, 30], [0.2, 1, 20])];
      expect(speedup(samples, 'base', 'fast', 'a')?.value).toBeCloseTo(8, 9);
      expect(leftOut(samples, 'base', 'fast', 'a')).toEqual({ count: 2, of: 6, disturbedRounds: 0, rounds: 1 });
    });

    test('leave no speedup if one side has no calm call', () => {
      const samples = [base(0, [9, 9, 9]), fast(0, [10, 30, 30], [0, 1, 20])];
      expect(speedup(samples, 'base', 'fast', 'a')).toBeNull();
      expect(leftOut(samples, 'base', 'fast', 'a')).toEqual({ count: 6, of: 6, disturbedRounds: 1, rounds: 1 });
    });

    test('take their turn with them if the round has a calm one', () => {
      const samples = [
        base(0, [9, 9, 9]),
        fast(0, [40, 40, 40], [0, 0, 0]),
        base(1, null),
        fast(1, [10, 10, 10], [0, 0, 0]),
      ];
      expect(speedup(samples, 'base', 'fast', 'a')?.value).toBeCloseTo(8, 9);
      expect(leftOut(samples, 'base', 'fast', 'a')).toEqual({ count: 6, of: 12, disturbedRounds: 0, rounds: 1 });
    });

    test('are as many if every time is doubled, with its queueing: the rule knows no outcome', () => {
      const calls = fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.double({ min: 0, max: 0.1, noNaN: true })), {
        minLength: 1,
      });
      fc.assert(
        fc.property(fc.array(fc.tuple(calls, calls), { minLength: 1 }), (turns) => {
          const side = (variant: string, scale: number, turn: number, list: [number, number][]) =>
            turned(
              0,
              turn,
              'a',
              variant,
              list.map(([ns]) => scale * ns),
              list.map(([ns, share]) => scale * ns * share),
            );
          const made = (scale: number) =>
            turns.flatMap(([b, f], turn) => [side('base', 1, turn, b), side('fast', scale, turn, f)]);
          expect(leftOut(made(2), 'base', 'fast', 'a')).toEqual(leftOut(made(1), 'base', 'fast', 'a'));
        }),
      );
    });
  });

  test('raw samples stay as they are', () => {
    const before = JSON.stringify(samples);
    speedup(samples, 'base', 'fast', 'a');
    means(samples, 'base', 'fast', ['a', 'b']);
    expect(JSON.stringify(samples)).toBe(before);
  });

  test('the typical time is the median over rounds of medians', () => {
    expect(typicalNs(samples, 'fast', 'a')).toBe(11);
    expect(typicalNs(samples, 'fast', 'c')).toBeNull();
  });

  test('the typical time is that of calm calls, if there are any', () => {
    const waited = [turned(0, 0, 'a', 'x', [10, 4000], [0, 3990]), turned(0, 1, 'a', 'x', [4000], [3990])];
    expect(typicalNs(waited, 'x', 'a')).toBe(10);
    expect(typicalNs(waited.slice(1), 'x', 'a')).toBe(4000);
  });
});

describe('means', () => {
  test('of 1, 2 and 4', () => {
    const m = meansOf([1, 2, 4]);
    expect(m.arithmetic.value).toBeCloseTo(7 / 3, 12);
    expect(m.geometric).toBeCloseTo(2, 12);
    expect(m.harmonic).toBeCloseTo(12 / 7, 12);
    expect([m.least, m.greatest]).toEqual([1, 4]);
  });

  test('a case without a speedup withholds the mean; it is neither dropped nor counted as 1', () => {
    const samples = [sample(0, 'a', 'base', 100), sample(0, 'a', 'fast', 10)];
    expect(means(samples, 'base', 'fast', ['a'])?.arithmetic.value).toBeCloseTo(10, 10);
    expect(means(samples, 'base', 'fast', ['a', 'b'])).toBeNull();
    expect(means(samples, 'base', 'fast', [])).toBeNull();
  });

  test('harmonic <= geometric <= arithmetic, within least and greatest', () => {
    const speedups = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(speedups, (values) => {
        const m = meansOf(values);
        const order = [m.least, m.harmonic, m.geometric, m.arithmetic.value, m.greatest];
        for (let i = 1; i < order.length; i++) expect(order[i]).toBeGreaterThanOrEqual(order[i - 1] * (1 - 1e-12));
      }),
    );
  });

  test('the interval of the mean has the spread of its rounds, where cases shift together', () => {
    const samples = [0, 1, 2].flatMap((round) => [
      sample(round, 'a', 'base', 100 * 1.1 ** round),
      sample(round, 'a', 'fast', 10),
      sample(round, 'b', 'base', 300 * 1.1 ** round),
      sample(round, 'b', 'fast', 10),
    ]);
    const found = means(samples, 'base', 'fast', ['a', 'b']);
    expect(found?.arithmetic.value).toBeCloseTo(22, 9);
    // Each case has 1.1^0, 1.1^1 and 1.1^2: a deviation of ln 1.1, over three rounds; 2 + (2 - 1)(3 - 1)/2 degrees of freedom.
    const half = 3.182 * (Math.log(1.1) / Math.sqrt(3));
    expect(found?.arithmetic.high).toBeCloseTo(22 * Math.exp(half), 9);
  });
});

describe('verdict', () => {
  const between = (low: number, high: number) => ({ value: Math.sqrt(low * high), low, high });

  test.each([
    [1.021, 1.2, 0.02, 'faster'],
    [1.019, 1.2, 0.02, 'inconclusive'],
    [0.8, 0.98, 0.02, 'slower'],
    [0.8, 0.981, 0.02, 'inconclusive'],
    [0.98, 1.02, 0.001, 'same'],
    [0.96, 1.02, 0.001, 'inconclusive'],
    [1.005, 1.025, 0.01, 'same'],
    [0.95, 1.05, 0.06, 'inconclusive'],
    [1.02, 1.04, null, 'inconclusive'],
    [1.04, 1.05, null, 'faster'],
  ] as const)('[%d, %d] over a floor of %d is %s', (low, high, floor, verdict) => {
    expect(compare(between(low, high), floor, 0.03)).toBe(verdict);
  });

  test('one round says nothing', () => {
    expect(compare({ value: 50, low: null, high: null }, 0.01, 0.03)).toBe('inconclusive');
  });

  test('the noise floor is the largest difference of a twin at any case, in either direction', () => {
    const twin = twinId('x');
    const samples = [
      sample(0, 'a', 'x', 100),
      sample(0, 'a', twin, 102),
      sample(0, 'b', 'x', 105),
      sample(0, 'b', twin, 100),
      sample(0, 'b', 'y', 1),
    ];
    const floor = noiseFloor(samples, ['a', 'b']);
    expect(floor?.variant).toBe('x');
    expect(floor?.cases).toBeCloseTo(0.05, 9);
    expect(floor?.mean).toBeCloseTo((100 / 102 + 1.05) / 2 - 1, 9);
    expect(noiseFloor(samples, ['a', 'c'])).toBeNull();
    expect(
      noiseFloor(
        samples.filter(({ variant }) => variant !== twin),
        ['a'],
      ),
    ).toBeNull();
  });
});
