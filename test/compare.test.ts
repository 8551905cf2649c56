/** Comparing records: Welch's interval, verdicts, what differs, what is refused, the gate, and the series of many records. */
import { describe, expect, test } from 'vitest';
import { compareRecords } from '../src/analysis/compare.ts';
import { differences, onlyIn, otherBaselines, otherMachine } from '../src/analysis/differences.ts';
import { champions, historyOf, tried } from '../src/analysis/series.ts';
import { sourceDiff } from '../src/analysis/sourceDiff.ts';
import { makeRng } from '../src/contract/rng.ts';
import type { Record } from '../src/records/schema.ts';
import { sentence } from '../src/report/compare.ts';
import { estimateOf as of } from '../src/stats/interval.ts';
import { ratioOf } from '../src/stats/welch.ts';
import { draft, type Made } from './support/draft.ts';

let count = 0;
const record = (made: Made = {}): Record => ({ ...draft(made), id: `record${++count}` });
const scaled = (factor: number) => [
  [2, 2.02, 1.98].map((value) => factor * value),
  [4, 4.04, 3.96].map((value) => factor * value),
];

describe("Welch's interval of a ratio", () => {
  test('by hand: logs 0, 0.1, -0.1 against 0.5, 0.7, 0.3', () => {
    const ratio = ratioOf(of([0, 0.1, -0.1].map(Math.exp)), of([0.5, 0.7, 0.3].map(Math.exp)));
    // se^2 = 0.01/3 + 0.04/3; df = 50/17 = 2.94, where t lies between 4.303 at 2 and 3.182 at 3, on the line in 1/df.
    const t = 4.303 + ((1 / 2 - 17 / 50) / (1 / 2 - 1 / 3)) * (3.182 - 4.303);
    const half = t * Math.sqrt(0.05 / 3);
    expect(ratio?.value).toBeCloseTo(Math.exp(0.5), 10);
    expect(ratio?.low).toBeCloseTo(Math.exp(0.5 - half), 10);
    expect(ratio?.high).toBeCloseTo(Math.exp(0.5 + half), 10);
  });

  test('one round says nothing of the spread, and none says nothing at all', () => {
    expect(ratioOf(of([2]), of([3, 3.1]))).toEqual({ value: expect.closeTo(1.5248, 3), low: null, high: null });
    expect(ratioOf(null, of([3]))).toBeNull();
    expect(ratioOf(of([2, 2]), of([4, 4]))).toEqual({ value: 2, low: 2, high: 2 });
  });

  test.each([
    [3, 3, 1],
    [3, 8, 4],
    [5, 5, 0.3],
  ])('%i rounds against %i, spreads 1 : %f, hold the truth in at least 94 of 100 runs', (n, m, spread) => {
    const rng = makeRng(5);
    const draws = (length: number, scale: number) =>
      Array.from({ length }, () => Math.exp(scale * 0.02 * rng.normal()));
    let held = 0;
    const trials = 4000;
    for (let i = 0; i < trials; i++) {
      const { low, high } = ratioOf(of(draws(n, 1)), of(draws(m, spread))) as { low: number; high: number };
      if (low <= 1 && high >= 1) held++;
    }
    expect(held / trials).toBeGreaterThan(0.94);
  });
});

describe('verdicts', () => {
  const verdictOf = (a: Record, b: Record) => compareRecords([a, b]).means[0].changes[0].verdict;

  test('faster, slower and same by the interval; the mean and each case', () => {
    const a = record();
    expect(verdictOf(a, record({ speedups: scaled(1.3) }))).toBe('faster');
    expect(verdictOf(a, record({ speedups: scaled(0.7) }))).toBe('slower');
    expect(verdictOf(a, record({ speedups: scaled(1.001) }))).toBe('same');
    const { cases } = compareRecords([a, record({ speedups: [scaled(1)[0], scaled(1.5)[1]] })]);
    expect(cases.map((row) => [row.case, row.changes[0].verdict])).toEqual([
      ['M64N64K64', 'same'],
      ['M128N128K128', 'faster'],
    ]);
    expect(cases[1].changes[0].ratio?.value).toBeCloseTo(1.5, 6);
  });

  test('a noise floor above the difference leaves no claim', () => {
    const noisy = (made: Made): Record => {
      const one = record(made);
      return { ...one, means: one.means.map((mean) => ({ ...mean, noiseFloor: 0.4 })) };
    };
    expect(verdictOf(noisy({}), noisy({ speedups: scaled(1.3) }))).not.toBe('faster');
  });

  test('too much spread is inconclusive; one round, or a candidate that is missing or failed, is nothing', () => {
    const a = record();
    expect(
      verdictOf(
        a,
        record({
          speedups: [
            [1, 3, 2],
            [2, 6, 4],
          ],
        }),
      ),
    ).toBe('inconclusive');
    expect(verdictOf(a, record({ speedups: [[2], [4]] }))).toBeNull();
    const { means } = compareRecords([a, record({ candidate: 'sgemm/other-ts' })]);
    expect(means.map((row) => [row.candidate, row.changes[0].ratio])).toEqual([
      ['sgemm/mine-ts', null],
      ['sgemm/other-ts', null],
    ]);
  });

  test('the mean is over the cases that both timed, and the sentence counts', () => {
    const compared = compareRecords([record(), record({ speedups: [scaled(2)[0]] })]);
    expect(compared.means[0]).toMatchObject({ cases: 1, changes: [{ verdict: 'faster' }] });
    expect(sentence(compared, 0, '')).toBe('Of 1 candidate in both: 1 faster (sgemm/mine-ts 2.00x).');
  });

  test('several records are compared with the first', () => {
    const [row] = compareRecords([record(), record({ speedups: scaled(2) }), record({ speedups: scaled(0.5) })]).means;
    expect(row.changes.map(({ verdict }) => verdict)).toEqual(['faster', 'slower']);
  });
});

describe('what differs', () => {
  test('machine, Node, flags, source, baseline; nothing where nothing does', () => {
    const a = record();
    expect(differences(a, record())).toEqual([]);
    const b = record({
      hash: 'cccc',
      baselineHash: 'dddd',
      flags: ['--no-liftoff'],
      overrides: {
        machine: { ...a.machine, cpu: 'B' },
        runtime: { ...a.runtime, node: '24.0.0' },
      },
    });
    expect(differences(a, b).map(({ what }) => what)).toEqual([
      'machine',
      'Node',
      'baseline of sgemm',
      'flags of sgemm/mine-ts',
      'source of sgemm/mine-ts',
    ]);
    expect(otherMachine(a, b)).toBe(true);
    expect(otherBaselines(a, b)).toEqual([{ op: 'sgemm', from: 'bbbb', to: 'dddd' }]);
    expect(onlyIn(record({ candidate: 'sgemm/x-ts' }), a)).toEqual(['sgemm/x-ts']);
  });

  test('the source diff is a patch of what both have', () => {
    const patch = sourceDiff(
      record({ source: 'let a = 1;\nlet b = 2;\n' }),
      record({ source: 'let a = 1;\nlet b = 3;\n' }),
    );
    expect(patch).toContain('--- kernels/sgemm/mine-ts.ts');
    expect(patch).toContain('-let b = 2;\n+let b = 3;');
    expect(sourceDiff(record(), record())).toBe('');
  });
});

describe('many records', () => {
  const at = (day: number, made: Made) =>
    record({ ...made, overrides: { createdAt: `2026-11-${day}T10:00:00.000Z`, ...made.overrides } });

  test('a history holds the mean or a case, oldest first', () => {
    const all = [at(10, {}), at(11, { candidate: 'sgemm/other-ts' }), at(12, { speedups: scaled(2) })];
    const values = (name?: string) =>
      historyOf(all, 'sgemm/mine-ts', name).map(({ speedup }) => speedup?.value.toFixed(2));
    expect(values()).toEqual(['3.00', '6.00']);
    expect(values('M64N64K64')).toEqual(['2.00', '4.00']);
    expect(values('nope')).toEqual([undefined, undefined]);
  });

  test('a champion says how many attempts it was chosen from, among what compares', () => {
    const all = [
      at(10, { speedups: scaled(9), baselineHash: 'old' }),
      at(11, { speedups: scaled(2) }),
      at(12, { speedups: scaled(2.1) }),
      at(13, { candidate: 'sgemm/other-ts' }),
    ];
    const [champion, ...others] = champions(tried(all, () => true));
    expect(others).toEqual([]);
    expect(champion).toMatchObject({ op: 'sgemm', attempts: 3, candidates: 2, record: { id: all[2].id } });
    expect(champions(tried(all, (id) => id === 'sgemm/other-ts'))[0]).toMatchObject({ attempts: 1 });
  });
});
