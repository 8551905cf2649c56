/** Candidates of one op against the first of them, from samples of a known spread. */
import { describe, expect, test } from 'vitest';
import { pairsOf } from '../src/analysis/pairs.ts';
import type { TimedOp, TimedVariant } from '../src/analysis/timed.ts';
import { loadOp } from '../src/catalog/ops.ts';
import type { Record } from '../src/records/schema.ts';
import { recordCsv } from '../src/report/csv.ts';
import { markdownRecord } from '../src/report/markdown.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { twinId } from '../src/stats/verdict.ts';
import { draft } from './support/draft.ts';

const op = await loadOp('sgemm');
const cases = op.cases.slice(0, 2);
const names = cases.map((c) => op.caseName(c));

const variant = (id: string, more: Partial<TimedVariant> = {}): TimedVariant => ({
  ...{ id, peer: false, threads: 1, flags: [], tier: 'J', hash: id, verdict: 'pass', message: null, worst: 0.1 },
  parameters: new Map(),
  ...more,
});

/** `times`: of each variant, ns, round by round, at both cases. */
function timed(times: { readonly [id: string]: readonly number[] }, more: Partial<TimedOp> = {}): TimedOp {
  const samples = Object.entries({ 'sgemm/baseline': [8e5, 9e5, 1e6], ...times }).flatMap(([id, rounds]) =>
    rounds.flatMap((ns, round) =>
      names.map((name) => ({ round, turn: 0, case: name, variant: id, timeNs: [ns], queuedNs: null })),
    ),
  );
  const ids = Object.keys(times).filter((id) => !id.endsWith('(twin)'));
  return {
    ...{ suite: { name: 'sgemm', ops: ['sgemm'] }, op, baseline: { id: 'sgemm/baseline', hash: 'h' }, watched: null },
    ceilings: null,
    ...{ cases, meanCases: cases, variants: ids.map((id) => variant(id)), samples },
    ...more,
  };
}

const margin = 0.05;
const one = (times: Parameters<typeof timed>[0], more?: Partial<TimedOp>) => pairsOf(timed(times, more), margin);
const steady = [1e5, 2e5, 3e5];
const by = (factor: number, spread: readonly number[] = [1, 1, 1]) => steady.map((ns, i) => (ns / factor) * spread[i]);
/** A spread about its own value. */
const about = (s: number) => [Math.exp(s), Math.exp(-s), 1];

describe('a pair', () => {
  test('has the ratio within rounds, whatever the rounds do to both', () => {
    const pairs = one({ a: steady, b: by(2) });
    expect(pairs.map((pair) => pair.case)).toEqual([null, ...names]);
    for (const pair of pairs) {
      expect(pair).toMatchObject({ op: 'sgemm', first: 'a', candidate: 'b', comparison: 'faster', rounds: 3 });
      expect(pair).toMatchObject({ moreRounds: null, withheld: null, noiseFloor: null });
      for (const edge of [pair.ratio?.value, pair.ratio?.low, pair.ratio?.high]) expect(edge).toBeCloseTo(2, 6);
    }
    expect(one({ a: by(2), b: steady })[0].comparison).toBe('slower');
    expect(one({ a: steady, b: by(1.01) })[0].comparison).toBe('same');
  });

  test('claims nothing below the noise floor, and no number of rounds would', () => {
    const [mean] = one({ a: steady, b: by(1.08), [twinId('a')]: by(1.1) });
    expect(mean).toMatchObject({ comparison: 'inconclusive', moreRounds: null });
    expect(mean.noiseFloor).toBeCloseTo(0.1, 6);
  });

  test('that is not decided says how many more rounds would do it, by the spread and Student’s t', () => {
    // The standard deviation of the logs is 0.05, and without a floor `faster` means beyond 1.05. Two cases lend (2 - 1)(3 - 1) / 2
    // degrees of freedom to the two of three rounds.
    const [mean] = one({ a: steady, b: by(1.12, about(0.05)) });
    expect(mean).toMatchObject({ comparison: 'inconclusive', rounds: 3 });
    expect(mean.ratio?.low).toBeCloseTo(1.12 * Math.exp((-3.182 * 0.05) / Math.sqrt(3)), 9);
    const decides = (n: number, t: number) => Math.log(1.12) - (t * 0.05) / Math.sqrt(n) > Math.log(1.05);
    expect([decides(4, 2.776), decides(5, 2.571)]).toEqual([false, true]);
    expect(mean.moreRounds).toBe(2);
  });

  test('cannot be told where a hundred rounds more would not do', () => {
    expect(one({ a: steady, b: by(1.051, about(0.1)) })[0]).toMatchObject({
      comparison: 'inconclusive',
      moreRounds: null,
    });
    // A single round has no spread.
    expect(one({ a: [1e5], b: [1e5] })[0]).toMatchObject({ comparison: 'inconclusive', moreRounds: null, rounds: 1 });
  });

  test('that was not calm is disturbed: at the case, and for the mean', () => {
    const waited = (at: string) => {
      const calm = timed({ a: steady, b: by(2) });
      const samples = calm.samples.map((s) => ({ ...s, queuedNs: s.case === at && s.variant === 'b' ? [1e4] : [0] }));
      return pairsOf({ ...calm, samples }, margin);
    };
    const [mean, first, second] = waited(names[0]);
    const reason = 'disturbed: 6 of 6 calls waited for a CPU, and 0 of 3 rounds were calm';
    expect(first).toMatchObject({ ratio: null, comparison: null, rounds: 0, moreRounds: null, withheld: reason });
    expect(mean).toMatchObject({ case: null, ratio: null, comparison: null, withheld: reason });
    expect(second).toMatchObject({ ratio: { value: expect.closeTo(2, 6) }, withheld: null });
    const apart = one({ a: steady, b: by(1.1, about(0.5)) });
    for (const pair of apart) {
      expect(pair).toMatchObject({ ratio: null, comparison: null });
      expect(pair.withheld).toMatch(/^disturbed: its rounds differ so much that the interval spans \d+ %/);
    }
  });

  test('has no mean if one of the two failed, or lacks a case', () => {
    const failed = { variants: [variant('a'), variant('b', { verdict: 'fail', message: 'it differs' })] };
    expect(one({ a: steady, b: steady }, failed)).toMatchObject([
      { case: null, ratio: null, comparison: null, moreRounds: null, withheld: 'fail: it differs' },
    ]);
    const [mean, ...rest] = one({ a: steady, b: by(2) }, { meanCases: op.cases.slice(0, 3) });
    expect(mean).toMatchObject({ ratio: null, withheld: '2 of the 3 cases of sgemm were timed' });
    expect(rest).toHaveLength(2);
  });
});

describe('pairs', () => {
  test('are of the first with each of the others, in order, without peers', () => {
    const variants = ['b', 'a', 'c'].map((id) => variant(id));
    const pairs = one(
      { b: steady, a: steady, c: steady, x: steady },
      { variants: [...variants, variant('x', { peer: true })] },
    );
    expect(pairs.filter((pair) => pair.case === null).map(({ first, candidate }) => [first, candidate])).toEqual([
      ['b', 'a'],
      ['b', 'c'],
    ]);
    expect(one({ a: steady })).toEqual([]);
  });

  test('are none where many candidates were selected', () => {
    const many = (count: number) => one(Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, steady])));
    expect(many(7)).toHaveLength(6 * 3);
    expect(many(8)).toEqual([]);
  });
});

describe('a report', () => {
  const pairs = pairsOf(timed({ 'sgemm/first-ts': steady, 'sgemm/mine-ts': by(1.12, about(0.05)) }), margin);
  const record: Record = { ...draft({ overrides: { pairs } }), id: 'a' };

  test('on a terminal has a row for the mean and for each case, and how to decide it', () => {
    const text = reportRecord(record, { perCase: true });
    expect(text).toMatch(/sgemm: how many times as fast as sgemm\/first-ts, paired within rounds/);
    expect(text).toMatch(/sgemm\/mine-ts +mean +1\.12\d +\[1\.0\d\d, 1\.2\d\d\] +inconclusive +3 +about 2 more rounds/);
    expect(text).toContain('To decide it, run this without --quick: 5 to 10 rounds.');
    expect(reportRecord(record)).not.toContain('paired within rounds');
    expect(reportRecord({ ...record, effort: 'default' }, { perCase: true })).toContain(
      'run this with --thorough: 8 to 40',
    );
    expect(reportRecord({ ...record, effort: 'thorough' }, { perCase: true })).not.toContain('To decide it');
  });

  test('says why the ratio is withheld where the machine was not calm, and what to do', () => {
    const disturbed = pairsOf(timed({ 'sgemm/first-ts': steady, 'sgemm/mine-ts': by(1.12, about(0.5)) }), margin);
    const text = reportRecord({ ...record, pairs: disturbed }, { perCase: true });
    expect(text).toMatch(/sgemm\/mine-ts +mean +withheld/);
    expect(text).toMatch(
      /disturbed: 3 ratios withheld\. mean: its rounds differ so much .* Close other programs and run again\./,
    );
  });

  test('in Markdown and comma-separated values has them too', () => {
    expect(markdownRecord(record)).toMatch(/\| sgemm\/first-ts \| sgemm\/mine-ts \| \*\*mean\*\* \| 1\.12\d \|/);
    const [heads, line] = recordCsv(record).split('\r\n');
    expect(heads).toMatch(/baselineHash,unseen,disturbed,first,ratio,ratioLow,ratioHigh,pairComparison$/);
    expect(line).toMatch(/,false,,sgemm\/first-ts,1\.1\d+,1\.0\d+,1\.\d+,inconclusive$/);
  });

  test('of many candidates says how to get them', () => {
    const [row] = record.candidates;
    const candidates = Array.from({ length: 8 }, (_, i) => ({ ...row, candidate: `sgemm/c${i}` }));
    const text = reportRecord({ ...record, pairs: [], candidates }, { perCase: true });
    expect(text).toContain(
      "sgemm: of its 8 candidates, name up to 7 of them, and 'nfold bench' compares the others with the first",
    );
  });
});
