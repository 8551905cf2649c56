/** A made-up run in which one case was disturbed: what analysis withholds, what a terminal shows of it, and that its columns agree. */
import { describe, expect, test } from 'vitest';
import { analyse } from '../src/analysis/results.ts';
import type { TimedOp } from '../src/analysis/timed.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { bytesMoved } from '../src/contract/op.ts';
import { makeRng } from '../src/contract/rng.ts';
import { roof, workOf } from '../src/machine/roofline.ts';
import { Record } from '../src/records/schema.ts';
import { markdownRecord } from '../src/report/markdown.ts';
import { reportRecord } from '../src/report/terminal.ts';
import type { Sampled } from '../src/stats/samples.ts';
import { twinId } from '../src/stats/verdict.ts';
import { example } from './support/ceilings.ts';
import { draft } from './support/draft.ts';

const op = await loadOp('sgemm');
const cases = op.cases.slice(0, 3);
const names = cases.map((c) => op.caseName(c));
const baseline = 'sgemm/baseline';
const [mine, other] = ['sgemm/mine-ts', 'sgemm/other-ts'];
const peer = 'library';

/** Times a call, as a share of the baseline's. */
const shares = { [baseline]: 1, [mine]: 0.1, [twinId(mine)]: 0.1, [other]: 0.5, [peer]: 0.2 };

/** Three rounds of four turns, with noise and a drift. `waits`: whether a call waited for a CPU. */
function timed(waits: (at: Pick<Sampled, 'round' | 'turn' | 'case' | 'variant'>) => boolean): TimedOp {
  const rng = makeRng(20261129);
  const samples = cases.flatMap((c, i) =>
    [0, 1, 2].flatMap((round) =>
      [0, 1, 2, 3].flatMap((turn) =>
        Object.entries(shares).map(([variant, share]): Sampled => {
          const at = { round, turn, case: names[i], variant };
          const usual = op.flop(c.dims) * share * Math.exp(0.05 * round);
          const waited = waits(at) ? 3 * usual : 0;
          const timeNs = [0, 1, 2].map(() => usual * Math.exp(0.02 * rng.normal()) + waited);
          return { ...at, timeNs, queuedNs: timeNs.map(() => waited) };
        }),
      ),
    ),
  );
  const about = { threads: 1, flags: [], tier: 'J', hash: 'aaaa', verdict: 'pass', message: null, worst: 0.1 } as const;
  const variant = (id: string) => ({ ...about, id, peer: id === peer, parameters: new Map() });
  return {
    ...{ op, cases, meanCases: cases, samples, watched: null, ceilings: example },
    ...{ suite: { name: 'sgemm', ops: ['sgemm'] }, baseline: { id: baseline, hash: 'bbbb' } },
    variants: [mine, other, peer].map(variant),
  };
}

const calm = timed(() => false);
/** At the second case, calls of one candidate waited in two of three rounds. */
const disturbed = timed((at) => at.variant === mine && at.case === names[1] && at.round < 2);
const { machine, candidates } = draft();
const analysed = (run: TimedOp) => analyse([run], { machine, clockNs: 20, halfWidth: 0.05 });

describe.each([
  ['calm', calm, 0],
  ['disturbed', disturbed, 1],
])('columns agree in a %s run', (_, run, withheld) => {
  const { results } = analysed(run);

  test('time x speedup is the time of the baseline, and the rates follow from the time', () => {
    const shown = results.filter(({ speedup }) => speedup !== null);
    expect(shown).toHaveLength(9 - withheld);
    for (const {
      case: name,
      speedup,
      baseline,
      timeNs,
      gflops,
      gbPerSecond,
      percentOfPeak,
      threads,
      flags,
      peer,
    } of shown) {
      const { dims } = cases[names.indexOf(name)];
      const time = timeNs as number;
      expect(time * (speedup?.value as number)).toBeCloseTo(baseline.timeNs as number, 3);
      expect(gflops).toBeCloseTo(op.flop(dims) / time, 9);
      expect(gbPerSecond).toBeCloseTo(bytesMoved(op, dims) / time, 9);
      const least = roof(example, workOf(op, dims), { threads, flags, native: peer }).timeNs;
      expect(percentOfPeak).toBeCloseTo((100 * least) / time, 9);
    }
  });

  test('all of a case have one baseline', () => {
    for (const own of Map.groupBy(results, (r) => r.case).values())
      expect(new Set(own.map((r) => r.baseline.timeNs)).size).toBe(1);
  });
});

describe('what was disturbed', () => {
  const { results, means, discards, warnings } = analysed(disturbed);
  const reason = '48 of 72 calls waited for a CPU, and 1 of 3 rounds were calm';

  test('has no number, and the mean over it neither', () => {
    const row = results.find((r) => r.candidate === mine && r.case === names[1]);
    const nothing = { speedup: null, comparison: null, timeNs: null, gflops: null, gbPerSecond: null };
    expect(row).toMatchObject({ ...nothing, percentOfPeak: null, peak: null, verdict: 'pass', disturbed: reason });
    expect(row?.baseline.timeNs).not.toBeNull();
    expect(means.map(({ withheld }) => withheld)).toEqual([`disturbed at ${names[1]}: ${reason}`, null, null]);
    expect(means[0]).toMatchObject({ arithmetic: null, geometric: null, weights: null, cases: 2 });
    expect(discards).toMatchObject([{ case: names[1], variant: mine, count: 48, of: 72 }]);
    expect(warnings).toMatchObject([{ kind: 'disturbed', leftOut: 48, disturbed: 2, rounds: 27 }]);
  });

  test('leaves the others as they are', () => {
    const others = ({ case: name, candidate }: Record['results'][number]) => !(candidate === mine && name === names[1]);
    const found = results.filter(others);
    expect(found.every((r) => r.disturbed === null && r.speedup !== null)).toBe(true);
    expect(
      analysed(calm)
        .results.filter(others)
        .map(({ speedup }) => speedup?.value),
    ).toEqual(found.map(({ speedup }) => speedup && expect.closeTo(speedup.value, 6)));
  });

  const rows = [mine, other, peer].map((id) => ({ ...candidates[0], candidate: id, peer: id === peer }));
  const recordOf = (run: TimedOp) => Record.parse({ ...draft(), ...analysed(run), candidates: rows, id: 'x' });

  test('is in the table of cases, with the reason and what to do', () => {
    const text = reportRecord(recordOf(disturbed), { perCase: true });
    const table = text.slice(text.indexOf('sgemm, case by case')).split('\n');
    const line = table.findIndex((one) => one.startsWith(names[1]));
    expect(table[line]).toMatch(/^\S+ +[\d.]+ [mu]s +mine-ts +- +disturbed *(-| )*$/);
    expect(table[line + 1]).toMatch(/^ +other-ts +[\d.]+ [mu]s +[\d.]+x +\[/);
    expect(text).toContain(
      `disturbed: 1 speedup withheld. ${mine} at ${names[1]}: ${reason}. Close other programs and run again.`,
    );
    expect(text).toContain(`mean withheld: disturbed at ${names[1]}: ${reason}`);
    expect(text).toContain("time: the baseline's time divided by the speedup");
    expect(markdownRecord(recordOf(disturbed))).toContain(`disturbed at ${names[1]}`);
  });

  test('blames the threads of a candidate that has more of them than there are cores, and no other program', () => {
    const waits = timed((at) => at.variant === mine);
    const run = { ...waits, variants: waits.variants.map((one) => ({ ...one, threads: one.id === other ? 1 : 4 })) };
    const record = recordOf(run);
    expect(record.warnings.map(({ kind }) => kind)).toEqual(['oversubscribed']);
    const text = reportRecord(record, { perCase: true });
    expect(text).toContain('disturbed: 3 speedups withheld.');
    expect(text.match(/Its 4 threads share 2 cores and wait for each other: use --threads 2\./g)).toHaveLength(2);
    expect(text).toContain('4 threads share 2 cores, so they wait for each other. Use --threads 2.');
    expect(text).not.toMatch(/other programs/i);
  });

  test('is nowhere in a calm run', () => {
    expect(reportRecord(recordOf(calm), { perCase: true })).not.toContain('disturbed');
  });
});
