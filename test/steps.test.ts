/** Change points of a history: how often there is one where nothing changed, and whether a real change is found where it is. */
import { describe, expect, test } from 'vitest';
import { ratioBetween, stepsOf } from '../src/analysis/steps.ts';
import { makeRng } from '../src/contract/rng.ts';
import { type Interval, intervalOf } from '../src/stats/interval.ts';

const rng = makeRng(2026);
const gauss = () => rng.normal();

/** An estimate of `value` with a standard error of `sigma`, whose interval comes from df + 1 rounds. */
function measured(value: number, sigma: number, df: number): Interval {
  const squares = Array.from({ length: df }, () => gauss() ** 2);
  const variance = (sigma ** 2 * squares.reduce((sum, one) => sum + one, 0)) / df;
  return intervalOf({ log: Math.log(value) + sigma * gauss(), variance, df });
}

const times = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));
const share = (runs: number, is: () => boolean) => times(runs, is).filter(Boolean).length / runs;

describe('a history without any change', () => {
  test.each([
    [2, 9],
    [3, 9],
    [5, 9],
    [10, 9],
    [40, 1],
    [40, 2],
    [40, 9],
    [40, 29],
  ])('of %i records with %i degrees of freedom has a change point in at most one of twenty', (count, df) => {
    const isFalse = () => stepsOf(times(count, () => measured(50, 0.03, df))).length > 1;
    expect(share(1000, isFalse)).toBeLessThanOrEqual(0.05);
  });

  test('whose quick and thorough runs have intervals of other widths', () => {
    const isFalse = () => stepsOf(times(40, (i) => measured(50, i % 3 === 0 ? 0.01 : 0.05, 3))).length > 1;
    expect(share(1000, isFalse)).toBeLessThanOrEqual(0.05);
  });

  test('whose runs differ 1.4 times as much as their intervals say', () => {
    const isFalse = () => stepsOf(times(40, () => measured(50 * Math.exp(0.03 * gauss()), 0.03, 9))).length > 1;
    expect(share(500, isFalse)).toBeLessThanOrEqual(0.08);
  });
});

/** Half-widths of 5 %. */
const sigma = 0.05 / 1.96;

describe('a change of 20 % with intervals of 5 %', () => {
  test.each([
    ['in the middle of 40 records', 40, 20],
    ['before the last of 40 records', 40, 39],
    ['before the last of 4 records', 4, 3],
    ['between two records', 2, 1],
  ])('%s is found', (_, count, at) => {
    const isFound = () => {
      const steps = stepsOf(times(count, (i) => measured(i < at ? 50 : 60, sigma, 9)));
      return steps.length === 2 && steps[1].from === at;
    };
    expect(share(300, isFound)).toBeGreaterThan(0.85);
  });

  test('that is taken back after one record is an outlier, of two change points', () => {
    const found = stepsOf(times(12, (i) => fixed(i === 6 ? 60 : 50, 0.05)));
    expect(found.map(({ from }) => from)).toEqual([0, 6, 7]);
  });
});

const fixed = (value: number, half: number): Interval => {
  return { value, low: value / (1 + half), high: value * (1 + half) };
};
const blind = (value: number): Interval => ({ value, low: null, high: null });

test.each<[string, Interval[], number[]]>([
  ['nothing', [], []],
  ['one record', [fixed(50, 0.05)], [0]],
  ['one round each', [blind(50), blind(100), blind(10)], [0]],
  [
    'one round between two levels: it belongs to the stretch before',
    [fixed(50, 0.02), blind(99), fixed(99, 0.02)],
    [0, 2],
  ],
  ['one round at first', [blind(20), fixed(50, 0.02), fixed(99, 0.02)], [0, 2]],
  ['intervals of no width', [fixed(50, 0), fixed(50, 0), fixed(99, 0)], [0, 2]],
  ['an interval that says nothing', [fixed(50, 0.02), fixed(99, 1e300), fixed(51, 0.02)], [0]],
  ['up and up', [10, 10, 20, 20, 40, 40].map((value) => fixed(value, 0.05)), [0, 2, 4]],
])('%s', (_, estimates, starts) => {
  const found = stepsOf(estimates);
  expect(found.map(({ from }) => from)).toEqual(starts);
  expect(found.at(-1)?.to ?? 0).toBe(estimates.length);
});

test('the level of a step weighs narrow intervals more, and is surer than any of them', () => {
  const [{ level }] = stepsOf([fixed(50, 0.04), fixed(51, 0.04), fixed(52, 0.2)]);
  expect(level.value).toBeGreaterThan(50);
  expect(level.value).toBeLessThan(50.7);
  expect((level.high ?? 9) / level.value).toBeLessThan(1.04);
  expect(stepsOf([blind(10), blind(40)])[0].level).toEqual({ value: expect.closeTo(20), low: null, high: null });
});

test('the ratio of two levels has the errors of both', () => {
  const ratio = ratioBetween(fixed(50, 0.03), fixed(60, 0.04));
  expect(ratio.value).toBeCloseTo(1.2);
  expect(Math.log((ratio.high ?? 0) / 1.2)).toBeCloseTo(Math.hypot(Math.log(1.03), Math.log(1.04)));
  expect(ratioBetween(blind(50), fixed(60, 0.04))).toEqual({ value: 1.2, low: null, high: null });
});
