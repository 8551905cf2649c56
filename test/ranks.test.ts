/** Ranks under the three means, and the cases that decide an arithmetic mean. */
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { heavyCases, rankChanges, weightsOf } from '../src/analysis/ranks.ts';
import type { Mean, Result } from '../src/records/schema.ts';
import { recordOf } from '../src/records/store.ts';
import { rankLines } from '../src/report/ranks.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { meansOf } from '../src/stats/means.ts';
import { draft } from './support/draft.ts';

const [base] = draft().means;
const [result] = draft().results;
const meanOf = (candidate: string, values: readonly number[], op = 'sgemm'): Mean => {
  const weights = weightsOf(values.map((value, i) => [`M${i}`, value]));
  return { ...base, candidate, op, cases: values.length, ...meansOf(values), weights };
};
const resultsOf = (values: readonly number[]): Result[] =>
  values.map((value, i) => ({ ...result, case: `M${i}`, speedup: { value, low: null, high: null } }));

const spiky = meanOf('sgemm/spiky-ts', [20, 20, 20, 300]);
const even = meanOf('sgemm/even-ts', [60, 60, 60, 60]);
const slow = meanOf('sgemm/slow-ts', [1, 1, 1, 1]);

test('a candidate whose rank depends on the mean has its three ranks, the others have none', () => {
  const ranked = rankChanges([even, slow, spiky]).map(({ mean, ranks }) => [mean.candidate, ...ranks]);
  expect(ranked).toEqual([
    ['sgemm/spiky-ts', 1, 2, 2],
    ['sgemm/even-ts', 2, 1, 1],
  ]);
  expect(rankChanges([even, slow])).toEqual([]);
  expect(rankChanges([])).toEqual([]);
});

test('candidates of two ops have no common order; a withheld mean has no rank; equal means share one', () => {
  expect(rankChanges([spiky, { ...even, op: 'adamw' }])).toEqual([]);
  expect(rankChanges([spiky, { ...even, arithmetic: null, geometric: null, harmonic: null }])).toEqual([]);
  expect(rankChanges([spiky, even, { ...even, candidate: 'twin' }]).map(({ ranks }) => ranks)).toEqual([
    [1, 3, 3],
    [2, 1, 1],
    [2, 1, 1],
  ]);
});

test('weights are shares of the sum', () => {
  expect(
    weightsOf([
      ['a', 300],
      ['b', 20],
      ['c', 80],
    ]),
  ).toEqual({ a: 0.75, b: 0.05, c: 0.2 });
  expect(weightsOf([])).toEqual({});
});

test('a case with more than two even shares is named; older records give it by their results', () => {
  const heavy = [{ case: 'M3', weight: expect.closeTo(300 / 360, 10) }];
  expect(heavyCases(spiky, [])).toEqual(heavy);
  expect(heavyCases(even, [])).toEqual([]);
  expect(heavyCases({ ...spiky, weights: null }, resultsOf([20, 20, 20, 300]))).toEqual(heavy);
  // Of five results, one is of a case that is not in the mean, and nothing says which.
  expect(heavyCases({ ...spiky, weights: null }, resultsOf([20, 20, 20, 300, 5]))).toEqual([]);
});

test('the lines below a table', () => {
  const rows = [spiky, even, slow].map((mean) => ({ mean, results: [] }));
  expect(rankLines(rows)).toEqual([
    'rank by arithmetic/geometric/harmonic mean: sgemm/spiky-ts 1/2/2, sgemm/even-ts 2/1/1',
    'more than twice an even share of the arithmetic mean: sgemm/spiky-ts: M3 83 % (of 4 cases)',
  ]);
  const record = recordOf(draft({ overrides: { means: [spiky, even] } }));
  expect(stripVTControlCharacters(reportRecord(record))).toContain('sgemm/spiky-ts 1/2/2, sgemm/even-ts 2/1/1\n');
  expect(reportRecord(recordOf(draft()))).not.toMatch(/rank by|even share/);
});
