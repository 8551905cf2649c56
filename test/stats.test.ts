/** Speedups, intervals and means: hand-computed values, and properties over random samples. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { halfWidth, logInterval } from '../src/stats/interval.ts';
import { means, meansOf } from '../src/stats/means.ts';
import { ratios, roundMeans, type Sampled, speedup, typicalNs } from '../src/stats/speedup.ts';

const sample = (round: number, c: string, variant: string, ...timeNs: number[]): Sampled => ({
  round,
  case: c,
  variant,
  timeNs,
});

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
    expect(ratios(samples, 'base', 'fast', 'a')).toEqual([10, 20]);
    expect(speedup(samples, 'base', 'fast', 'a')?.value).toBeCloseTo(Math.sqrt(200), 10);
    expect(speedup(samples, 'base', 'slow', 'a')).toBeNull();
  });

  test('where the baseline has fewer than three calls, means meet means', () => {
    const few = [sample(0, 'a', 'base', 90, 110), sample(0, 'a', 'fast', 10, 10, 10, 10, 60)];
    expect(ratios(few, 'base', 'fast', 'a')).toEqual([5]);
    expect(roundMeans(few, 'base', 'fast', ['a'])).toEqual([5]);
  });

  test('raw samples stay as they are', () => {
    const before = JSON.stringify(samples);
    speedup(samples, 'base', 'fast', 'a');
    roundMeans(samples, 'base', 'fast', ['a', 'b']);
    expect(JSON.stringify(samples)).toBe(before);
  });

  test('the mean of a round needs every case', () => {
    expect(roundMeans(samples, 'base', 'fast', ['a', 'b'])).toEqual([(10 + 2) / 2]);
    expect(roundMeans(samples, 'base', 'fast', ['a'])).toEqual([10, 20]);
  });

  test('the typical time is the median over rounds of medians', () => {
    expect(typicalNs(samples, 'fast', 'a')).toBe(11);
    expect(typicalNs(samples, 'fast', 'c')).toBeNull();
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

  test('the interval of the mean is that of the means of the rounds', () => {
    const samples = [0, 1, 2].flatMap((round) => [
      sample(round, 'a', 'base', 100 + round),
      sample(round, 'a', 'fast', 10),
      sample(round, 'b', 'base', 300 - round),
      sample(round, 'b', 'fast', 10),
    ]);
    const found = means(samples, 'base', 'fast', ['a', 'b']);
    const rounds = logInterval([20, 20, 20]);
    expect(found?.arithmetic.value).toBeCloseTo(20, 2);
    expect(found?.arithmetic.low).toBeCloseTo(rounds.low as number, 2);
  });
});
