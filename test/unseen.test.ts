/** Unseen shapes: how they are drawn, how they are checked, and what analysis and reports make of their times, which are synthetic here. */
import { describe, expect, test } from 'vitest';
import { compareRecords } from '../src/analysis/compare.ts';
import { analyse } from '../src/analysis/results.ts';
import { historyOf } from '../src/analysis/series.ts';
import type { TimedOp } from '../src/analysis/timed.ts';
import { analyseUnseen } from '../src/analysis/unseen.ts';
import { complaintAbout } from '../src/catalog/opShape.ts';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { type AnyOp, bytesMoved, type Case } from '../src/contract/op.ts';
import { bench } from '../src/index.ts';
import { maxUnseen } from '../src/judge/dims.ts';
import { drawnCases, planChecks } from '../src/judge/plan.ts';
import { makeSeed } from '../src/judge/seed.ts';
import { type Unseen, unseenCases, unseenNamed } from '../src/judge/unseen.ts';
import { Record } from '../src/records/schema.ts';
import { recordCsv } from '../src/report/csv.ts';
import { bmf } from '../src/report/exports.ts';
import { markdownRecord } from '../src/report/markdown.ts';
import { reportRecord } from '../src/report/terminal.ts';
import type { RunOptions } from '../src/run/outcome.ts';
import type { Prepared } from '../src/run/prepare.ts';
import { drawUnseen, withTimeFor } from '../src/run/unseen.ts';
import type { Sampled } from '../src/stats/samples.ts';
import { twinId } from '../src/stats/verdict.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { nfold } from './support/command.ts';
import { draft } from './support/draft.ts';

const timedOf = (op: AnyOp): readonly Case[] => op.cases.filter((c: Case) => !c.extra);
const namesOf = (op: AnyOp, shapes: readonly Unseen[]) => shapes.map((one) => op.caseName(one.case));

describe.each(opNames())('shapes for %s', (name) => {
  const drawn = async (seed: number | string = 7, count = maxUnseen) => {
    const op = await loadOp(name);
    return { op, shapes: unseenCases(op, seed, timedOf(op), count) };
  };

  test('a seed repeats them, another one gives others, and without one nobody can tell them', async () => {
    const { op, shapes } = await drawn();
    expect(shapes).toHaveLength(maxUnseen);
    expect(shapes).toEqual((await drawn()).shapes);
    expect((await drawn(7, 3)).shapes).toEqual(shapes.slice(0, 3));
    const [a, b] = await Promise.all([drawn(makeSeed(undefined).seed), drawn(makeSeed(undefined).seed)]);
    const inBoth = namesOf(op, a.shapes).filter((one) => namesOf(op, b.shapes).includes(one));
    expect(inBoth.length).toBeLessThan(3);
  });

  test.each([1, 2, 3])('under seed %i they are new, near, odd, and keep the rules of the op', async (seed) => {
    const { op, shapes } = await drawn(seed);
    const known = [...op.cases, ...op.edges, ...drawnCases(op, seed)].map((c) => op.caseName(c));
    const names = namesOf(op, shapes);
    expect(new Set([...known, ...names]).size).toBe(new Set(known).size + names.length);
    for (const { case: c, near } of shapes) {
      const beside = timedOf(op).find((one) => op.caseName(one) === near) as Case;
      const [at, d] = [op.caseName(c), c.dims];
      expect(complaintAbout({ ...op, cases: [c], edges: [] }, op.name), at).toBeNull();
      expect(c.scalars).toEqual(beside.scalars);
      const work = op.flop(d) / op.flop(beside.dims);
      expect(Math.abs(work - 1), at).toBeLessThanOrEqual(0.4);
      expect(Math.abs(Math.log2(bytesMoved(op, d) / bytesMoved(op, beside.dims))), at).toBeLessThanOrEqual(1);
      for (const dim of op.dims) if (beside.dims[dim] > 8) expect(d[dim] % 2, `${dim} of ${at}`).toBe(1);
      if ('NH' in d) expect(d.C % d.NH, at).toBe(0);
      if (name === 'train_gpt2') {
        // Ids are bytes, and the text may be no longer than the largest batch of the cases.
        expect(d.V).toBeGreaterThan(256);
        expect(d.B * d.T).toBeLessThanOrEqual(512);
      }
      if (name === 'sgemm') {
        const { M, N, K, transA, transB } = d;
        expect(d).toMatchObject({ lda: transA ? M : K, ldb: transB ? K : N, ldc: N });
        expect([transA, transB]).toEqual([beside.dims.transA, beside.dims.transB]);
      }
    }
  });

  test('the timed cases take turns, and a filter of them leaves shapes near those alone', async () => {
    const { op, shapes } = await drawn();
    const [first, ...others] = timedOf(op);
    const counts = [first, ...others].map((c) => shapes.filter(({ near }) => near === op.caseName(c)).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const few = unseenCases(op, 7, [first], 2);
    expect(few.map(({ near }) => near)).toEqual([op.caseName(first), op.caseName(first)]);
    expect(shapes).toEqual(expect.arrayContaining(few.slice(0, 1)));
  });

  test('a check of each is found again by its name and the seed', async () => {
    const { op, shapes } = await drawn();
    for (const one of shapes.slice(0, 2)) expect(unseenNamed(op, 7, op.caseName(one.case))).toEqual([one.case]);
    expect(unseenNamed(op, 8, op.caseName(shapes[0].case))).toEqual([]);
    expect(unseenNamed(op, 7, undefined)).toEqual([]);
  });
});

describe('an op of the user', () => {
  const shape = (N: number): Case => ({ dims: { N }, scalars: {} });
  const own = (cases: readonly number[], edges: readonly number[]) =>
    ({
      ...{ name: 'own', about: 'x', dims: ['N'], scalars: [], distributions: ['any'] },
      tensors: { x: { dtype: 'f32', role: 'out', shape: ({ N }: { N: number }) => [N] } },
      ...{ cases: cases.map(shape), edges: edges.map(shape) },
      caseName: ({ dims }: Case) => `N${dims.N}`,
      flop: ({ N }: { N: number }) => N,
      ...{ draw: () => {}, bounds: () => ({}) },
    }) as unknown as AnyOp;
  const sizes = (op: AnyOp, count = maxUnseen) => unseenCases(op, 1, op.cases, count).map(({ case: c }) => c.dims.N);

  test('without drawCase, a shape keeps the range and the divisor of all cases', () => {
    const found = sizes(own([6400], [4, 64, 12, 8000]));
    expect(found).toHaveLength(maxUnseen);
    for (const N of found) expect(N % 8).toBe(4);
    expect(Math.max(...sizes(own([1000], [1])))).toBeLessThan(1000);
  });

  test('where the rules leave nothing, there is no shape, and a sentence', async () => {
    expect(sizes(own([1024], []))).toEqual([]);
    const notes: string[] = [];
    const op = { ...own([1024], []), name: 'sgemm' };
    const asked = { cases: op.cases, count: 2, note: (sentence: string) => notes.push(sentence) };
    const options = { seed: 1 } as unknown as RunOptions;
    expect(await drawUnseen({ op } as unknown as Prepared, { ...asked, options })).toEqual([]);
    expect(notes).toEqual([
      'sgemm: no unseen shape, as its cases and drawCase leave no other shape near the timed ones',
    ]);
    const few = { ...own([10], [3, 14]), name: 'sgemm' };
    await drawUnseen({ op: few } as unknown as Prepared, { ...asked, cases: few.cases, count: 9, options });
    expect(notes[1]).toMatch(/^sgemm: \d unseen shapes? instead of 9, as /);
  });
});

test('they are checked as timed shapes are, and leave the checks of the others as they were', async () => {
  const op = await loadOp('sgemm');
  const unseen = unseenCases(op, 7, timedOf(op), 2).map((one) => one.case);
  const extent = { seed: 7, repeats: 1, timedShapes: false };
  const kinds = (planned: AnyOp, cases: readonly Case[]) =>
    planChecks(planned, cases, extent).map(({ distribution, varied }) => `${distribution} ${varied !== undefined}`);
  // Of these two, each has flop of its own, as M64N64K64 has among the cases.
  expect(kinds({ ...op, cases: unseen }, [unseen[0]])).toEqual(kinds(op, [op.cases[0]]));
  expect(planChecks({ ...op, cases: [] }, [], extent)).toEqual([]);
});

test('the time limit grows by the work', async () => {
  const op = await loadOp('gelu_forward');
  const [c] = op.cases;
  expect(withTimeFor(op, [c], [c, c, c], efforts.quick)).toEqual({
    ...efforts.quick,
    budgetS: 3 * efforts.quick.budgetS,
  });
  expect(withTimeFor(op, [c], [c], efforts.quick)).toEqual(efforts.quick);
});

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

test('the library refuses a wrong number too', async () => {
  await expect(bench(['sgemm'], { unseen: 21 })).rejects.toThrow(/^settings\.unseen is wrong: /);
});

test.each(['0', '21', '-1', '2.5', 'many'])('--unseen %s is refused in one sentence', async (value) => {
  const { code, stdout, stderr } = await nfold(['bench', 'sgemm', `--unseen=${value}`], { cwd: process.cwd() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `nfold: option '--unseen <n>' argument '${value}' is invalid. It takes a whole number from 1 to 20, in plain digits.\n`,
  );
});
