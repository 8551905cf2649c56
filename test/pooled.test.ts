/** The model of speedups over cases and rounds: what it equals, what it borrows, and how often its intervals hold the truth. */
import { describe, expect, test } from 'vitest';
import { disturbance, tooWide } from '../src/analysis/disturbed.ts';
import { makeRng } from '../src/contract/rng.ts';
import { estimateOf, intervalOf, studentT } from '../src/stats/interval.ts';
import { meanEstimate } from '../src/stats/means.ts';
import { Pooled } from '../src/stats/pooled.ts';

const table = (cases: Readonly<Record<string, readonly (number | null)[]>>) =>
  new Pooled(
    new Map(
      Object.entries(cases).map(([name, logs]) => [
        name,
        new Map(logs.flatMap((log, round) => (log === null ? [] : [[round, log] as const]))),
      ]),
    ),
  );

test('one case alone has the t-interval of its rounds', () => {
  const logs = [0.1, 0.3, 0.2];
  const found = table({ a: logs }).case('a');
  expect(found).toEqual({
    ...estimateOf(logs.map(Math.exp)),
    log: expect.closeTo(0.2, 12),
    variance: expect.closeTo(0.01 / 3, 12),
  });
});

test('a case that agrees by chance has the typical spread, and one that does not has its own', () => {
  const pooled = table({ calm: [0, 0, 0], usual: [-0.1, 0, 0.1], wild: [-0.5, 0, 0.5] });
  // The median of the variances 0, 0.01 and 0.25, over that of chi-squared / 2.
  const typical = 0.01 / (1 - 1 / 9) ** 3;
  expect(pooled.case('calm')?.variance).toBeCloseTo(typical / 3, 12);
  expect(pooled.case('usual')?.variance).toBeCloseTo(typical / 3, 12);
  expect(pooled.case('wild')?.variance).toBeCloseTo(0.25 / 3, 12);
  expect(pooled.case('calm')?.df).toBeCloseTo(2 + 1.5, 12);
});

test('a shift that all cases share counts in full for a mean', () => {
  const pooled = table({ a: [0, 0.2], b: [1, 1.2], c: [2, 2.2] });
  const third = new Map(['a', 'b', 'c'].map((name) => [name, 1 / 3]));
  // The rounds' sums are 1 and 1.2: variance 0.02, over two rounds.
  expect(pooled.weighted(third)?.variance).toBeCloseTo(0.01, 12);
});

test('scatter that cancels in the sums of rounds still counts', () => {
  const pooled = table({ a: [-0.1, 0.1], b: [0.1, -0.1] });
  const half = new Map(['a', 'b'].map((name) => [name, 1 / 2]));
  // Residuals of 0.1 with one degree of freedom: 0.04 for a value, halved by two cases and halved by two rounds.
  expect(pooled.weighted(half)?.variance).toBeCloseTo(0.01, 12);
});

test('a round that a case lacks leaves the others in place', () => {
  const pooled = table({ a: [0, 0.2, 0.1], b: [1, null, 1.1], c: [5, null, null] });
  expect(pooled.case('b')?.log).toBeCloseTo(1.05, 12);
  expect(pooled.case('c')).toMatchObject({ log: 5, variance: null });
  expect(pooled.case('d')).toBeNull();
  expect(pooled.weighted(new Map([['d', 1]]))).toBeNull();
  expect(meanEstimate(pooled, ['a', 'd'])).toBeNull();
});

test("Student's t lies between the whole degrees of freedom beside it", () => {
  expect([1, 2, 30, 200].map(studentT)).toEqual([12.706, 4.303, 2.042, 2.042]);
  expect(studentT(2.5)).toBeGreaterThan(3.182);
  expect(studentT(2.5)).toBeLessThan(4.303);
});

describe('the interval of a mean, and of a case, holds the truth in at least 93 of 100 runs', () => {
  // Scatter of 8 %, of another size for each case; `shift`: what a round's cases share. bench/intervals.ts has more of it.
  test.each([
    [5, 2, 0.05],
    [13, 3, 0.05],
    [5, 5, 0.02],
    [2, 10, 0],
  ])('%i cases, %i rounds, shift %d', (cases, rounds, shift) => {
    const rng = makeRng(14);
    const runs = 1500;
    let [ofMean, ofCase] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const shifts = Array.from({ length: rounds }, () => shift * rng.normal());
      const names = Array.from({ length: cases }, (_, i) => `case ${i}`);
      const pooled = table(
        Object.fromEntries(
          names.map((name) => {
            const scale = 0.08 * Math.exp(0.3 * rng.normal());
            return [name, shifts.map((one) => one + scale * rng.normal())];
          }),
        ),
      );
      const holds = (estimate: ReturnType<typeof meanEstimate>) => {
        const { low, high } = intervalOf(estimate as never);
        return (low as number) <= 1 && 1 <= (high as number);
      };
      if (holds(pooled.weighted(new Map(names.map((name) => [name, 1 / cases]))))) ofMean++;
      if (holds(pooled.case(names[0]))) ofCase++;
    }
    expect(ofMean / runs).toBeGreaterThan(0.93);
    expect(ofCase / runs).toBeGreaterThan(0.93);
  });
});

describe('a number is withheld', () => {
  const left = { count: 3, of: 30, disturbedRounds: 0, rounds: 3 };
  const fine = { value: 10, low: 9, high: 11 };

  test.each([
    ['not in a calm run', {}, fine, null],
    ['not without an interval, which says nothing of itself', {}, { value: 10, low: null, high: null }, null],
    ['not before it was timed', { count: 0, of: 0, rounds: 0 }, null, null],
    ['not if one of three rounds was never calm', { disturbedRounds: 1 }, fine, null],
    ['if one of two was', { disturbedRounds: 1, rounds: 2 }, fine, /1 of 2 rounds were calm/],
    ['if most were', { count: 20, disturbedRounds: 2 }, null, /20 of 30 calls waited for a CPU, and 1 of 3 rounds/],
    ['if more than half of many were', { disturbedRounds: 6, rounds: 10 }, fine, /4 of 10 rounds were calm/],
    ['if its interval says nothing', {}, { value: 57.4, low: 0.01, high: 573568 }, /differ so much/],
  ] as const)('%s', (_, more, found, reason) => {
    const why = disturbance({ ...left, ...more }, found);
    if (reason === null) expect(why).toBeNull();
    else expect(why).toMatch(reason);
  });

  test('if the interval spans more than half of it', () => {
    expect(tooWide({ value: 91.8, low: 44, high: 191 })).toMatch(/spans 108 %/);
    expect(tooWide({ value: 91.8, low: 80, high: 105 })).toBeNull();
  });
});
