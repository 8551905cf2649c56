/** Known cases against unseen shapes, on made-up times: the gap, what stays the same without them, and the reports. */
import { describe, expect, test } from 'vitest';
import { compareRecords } from '../src/analysis/compare.ts';
import { analyse } from '../src/analysis/results.ts';
import { historyOf } from '../src/analysis/series.ts';
import type { TimedOp } from '../src/analysis/timed.ts';
import { analyseUnseen } from '../src/analysis/unseen.ts';
import { loadOp } from '../src/catalog/ops.ts';
import type { Case } from '../src/contract/op.ts';
import { type Unseen, unseenCases } from '../src/judge/unseen.ts';
import { Record } from '../src/records/schema.ts';
import { recordCsv } from '../src/report/csv.ts';
import { bmf } from '../src/report/exports.ts';
import { markdownRecord } from '../src/report/markdown.ts';
import { reportRecord } from '../src/report/terminal.ts';
import type { Sampled } from '../src/stats/samples.ts';
import { twinId } from '../src/stats/verdict.ts';
import { draft } from './support/draft.ts';

const mine = 'sgemm/mine-ts';
const baseline = 'sgemm/baseline';

/** Nanoseconds a flop at a suite's case, and at any other shape. */
interface Pace {
  readonly known: number;
  readonly unseen: number;
}

/** sgemm at two cases, with two unseen shapes near them, in four rounds that differ by a percent or so. */
async function timed(own: Pace, baselines: Pace = { known: 1, unseen: 1 }): Promise<TimedOp & { unseen: Unseen[] }> {
  const op = await loadOp('sgemm');
  const cases: Case[] = op.cases.slice(0, 2);
  const unseen = unseenCases(op, 3, cases, 2);
  const all = [...cases.map((c) => [c, 'known'] as const), ...unseen.map((one) => [one.case, 'unseen'] as const)];
  const samples = all.flatMap(([c, kind]) =>
    [1, 1.01, 0.99, 1.005].flatMap((noise, round): Sampled[] => {
      const sample = (variant: string, nsPerFlop: number): Sampled => {
        const timeNs = [op.flop(c.dims) * nsPerFlop];
        return { round, turn: 0, case: op.caseName(c), variant, timeNs, queuedNs: null };
      };
      const twin = sample(twinId(mine), own[kind] * noise * 1.001);
      return [sample(baseline, baselines[kind]), sample(mine, own[kind] * noise), twin];
    }),
  );
  const about = { peer: false, threads: 1, flags: [], tier: 'J', hash: 'aaaa', verdict: 'pass' } as const;
  return {
    ...{
      op,
      cases,
      meanCases: cases,
      unseen,
      samples,
      watched: null,
      ceilings: null,
      suite: { name: 'sgemm', ops: ['sgemm'] },
    },
    baseline: { id: baseline, hash: 'bbbb' },
    variants: [{ id: mine, ...about, message: null, worst: 0.1, parameters: new Map() }],
  };
}

const { machine } = draft();
const given = { machine, clockNs: 20, halfWidth: 0.03 };
const gapOf = async (...paces: Parameters<typeof timed>) => analyseUnseen([await timed(...paces)], given).gaps[0];

/** The record of a run with these times. */
async function recordOf(...paces: Parameters<typeof timed>): Promise<Record> {
  const one = await timed(...paces);
  const { results, discards, gaps } = analyseUnseen([one], given);
  const own = analyse([one], given);
  const samples = one.samples.map((sample) => ({ ...sample, op: 'sgemm', timeNs: [...sample.timeNs], queuedNs: null }));
  const all = { ...own, results: [...own.results, ...results], discards: [...own.discards, ...discards] };
  return Record.parse({ ...draft(), ...all, samples, unseen: gaps, id: 'one' });
}

const special = { known: 0.1, unseen: 0.8 };

describe('the gap', () => {
  test('a kernel that is fast at the suite alone: special-cased, with an interval', async () => {
    const gap = await gapOf(special);
    expect(gap.known?.value).toBeCloseTo(10, 0);
    expect(gap.unseen?.value).toBeCloseTo(1.25, 1);
    expect(gap).toMatchObject({ candidate: mine, cases: 2, comparison: 'slower', specialCased: true });
    expect(gap.gap?.value).toBeCloseTo(0.125, 6);
    expect(gap.pace).toBeCloseTo(0.125, 6);
    expect(gap.gap?.low).toBeLessThanOrEqual(gap.gap?.high as number);
  });

  test('a kernel that knows nothing of the suite: same', async () => {
    const gap = await gapOf({ known: 0.1, unseen: 0.1 });
    expect(gap).toMatchObject({ comparison: 'same', specialCased: false });
    expect(gap.gap?.value).toBeCloseTo(1, 6);
  });

  test('a baseline that is better at other sizes makes a gap, and no accusation', async () => {
    const gap = await gapOf({ known: 0.1, unseen: 0.1 }, { known: 1, unseen: 0.4 });
    expect(gap).toMatchObject({ comparison: 'slower', specialCased: false });
    expect(gap.pace).toBeCloseTo(1, 6);
  });

  test('ragged tails that cost a quarter are no accusation either', async () => {
    expect(await gapOf({ known: 0.09, unseen: 0.12 })).toMatchObject({ comparison: 'slower', specialCased: false });
  });

  test('speedups that differ from case to case make none: a shape compares with the case that it is near', async () => {
    const one = await timed({ known: 0.1, unseen: 0.1 });
    const [first, second] = one.unseen;
    const slow = [second.near, one.op.caseName(second.case)];
    const samples = one.samples.map((sample) => {
      const factor = slow.includes(sample.case) && sample.variant !== baseline ? 4 : 1;
      return { ...sample, timeNs: sample.timeNs.map((ns) => factor * ns) };
    });
    const [{ known, gap, cases }] = analyseUnseen([{ ...one, samples, unseen: [first] }], given).gaps;
    expect([known?.value, gap?.value, cases]).toEqual([expect.closeTo(10, 0), expect.closeTo(1, 6), 1]);
    const [both] = analyseUnseen([{ ...one, samples }], given).gaps;
    expect([both.known?.value, both.gap?.value]).toEqual([expect.closeTo(5, 0), expect.closeTo(1, 6)]);
  });

  test('one round has plain values; a failure has nothing', async () => {
    const one = await timed(special);
    const samples = one.samples.filter(({ round }) => round === 0);
    const [{ gap, comparison, specialCased }] = analyseUnseen([{ ...one, samples }], given).gaps;
    expect(gap).toEqual({ value: expect.closeTo(0.125, 6), low: null, high: null });
    expect([comparison, specialCased]).toEqual(['inconclusive', false]);
    const nothing = { known: null, unseen: null, gap: null, comparison: null, pace: null, specialCased: false };
    const failed = one.variants.map((variant) => ({ ...variant, verdict: 'fail' as const, message: 'wrong' }));
    expect(analyseUnseen([{ ...one, variants: failed }], given).gaps).toMatchObject([nothing]);
    expect(analyseUnseen([{ ...one, samples: [] }], given).gaps).toMatchObject([nothing]);
  });

  test('is withheld, and accuses nobody, where one of its cases was disturbed', async () => {
    const one = await timed(special);
    const waited = one.op.caseName(one.unseen[0].case);
    const samples = one.samples.map((s) => ({ ...s, queuedNs: [s.case === waited && s.round > 0 ? s.timeNs[0] : 0] }));
    const [gap] = analyseUnseen([{ ...one, samples }], given).gaps;
    expect(gap).toMatchObject({ unseen: null, gap: null, comparison: null, pace: null, specialCased: false });
    expect(gap.known?.value).toBeCloseTo(10, 0);
  });

  test('without unseen shapes there is nothing', async () => {
    const { unseen, ...one } = await timed(special);
    expect(analyseUnseen([one], given)).toEqual({ results: [], discards: [], gaps: [] });
    expect(analyseUnseen([{ ...one, unseen: [] }], given).gaps).toEqual([]);
  });
});

describe('what the suite says', () => {
  test('is what it says without them: results, means, overall mean, warnings', async () => {
    const { unseen, ...one } = await timed(special);
    const names = unseen.map(({ case: c }) => one.op.caseName(c));
    const samples = one.samples.filter((sample) => !names.includes(sample.case));
    expect(analyse([{ ...one, unseen }], given)).toEqual(analyse([{ ...one, samples }], given));
  });

  test('compare, history and the services leave them out', async () => {
    const [a, b] = [await recordOf(special), await recordOf({ known: 0.1, unseen: 0.1 })];
    const { means, cases } = compareRecords([a, b]);
    expect(means).toMatchObject([{ cases: 2, changes: [{ ratio: { value: expect.closeTo(1, 6) } }] }]);
    expect(cases.map((row) => row.case)).toEqual(['M64N64K64', 'M128N128K128']);
    // The suite's own interval, to which unseen shapes lend nothing.
    expect(means[0].sides.map(({ speedup }) => speedup)).toEqual([a, b].map((one) => one.means[0].arithmetic));
    const withheld = { ...a, means: a.means.map((mean) => ({ ...mean, arithmetic: null, withheld: 'a part' })) };
    expect(historyOf([withheld], mine)[0].part?.cases).toEqual(['M64N64K64', 'M128N128K128']);
    expect(Object.keys(bmf(a))).toHaveLength(3);
  });
});

describe('the reports', () => {
  test('a terminal shows the gap, marks the shapes, and says what is clear', async () => {
    const text = reportRecord(await recordOf(special), { perCase: true });
    expect(text).toMatch(/^sgemm {3}2 cases; /m);
    expect(text.match(/^M\w+ \(unseen\) /gm)).toHaveLength(2);
    expect(text).toMatch(/^sgemm\/mine-ts +9\.99x +1\.25x +0\.125 +\[0\.12\d, 0\.12\d\] +0\.125$/m);
    expect(text).toContain('! sgemm/mine-ts is special-cased to the suite: at unseen shapes its speedup is 0.125 [');
    const fair = reportRecord(await recordOf({ known: 0.1, unseen: 0.1 }));
    expect(fair).not.toContain('special-cased');
    expect(fair).toContain('known and unseen');
    const usual = Record.parse({ ...draft(), id: 'two' });
    expect(reportRecord(usual, { perCase: true })).not.toMatch(/unseen/);
    expect(markdownRecord(usual)).not.toMatch(/unseen/);
  });

  test('Markdown names the shapes with their cases; CSV marks them', async () => {
    const record = await recordOf(special);
    const markdown = markdownRecord(record);
    expect(markdown).toContain('| known and unseen | known | unseen | gap | 95 % interval | own pace |');
    expect(markdown).toMatch(/- sgemm: 2 unseen shapes: M\w+ \(\d\.\d\d times the work of M\d+N\d+K\d+\), M/);
    const lines = recordCsv(record).trim().split('\r\n');
    const column = lines[0].split(',').indexOf('unseen');
    expect(lines.slice(1).map((line) => line.split(',')[column])).toEqual(['false', 'false', 'true', 'true']);
  });

  test('names from a record of somebody else show as text', async () => {
    const record = await recordOf(special);
    const unseen = record.unseen.map((row) => ({ ...row, candidate: '| <b>x</b>\u001b[31m\n# y' }));
    const foreign = Record.parse({ ...record, unseen });
    expect(reportRecord(foreign)).not.toContain('\u001b[31m');
    expect(markdownRecord(foreign)).not.toMatch(/<b>|^# y/m);
  });
});
