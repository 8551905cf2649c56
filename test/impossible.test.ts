/** Impossible times, which are refused, and work that is done outside of timed calls. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { impossibility } from '../src/analysis/impossible.ts';
import type { TimedOp } from '../src/analysis/timed.ts';
import { observed } from '../src/analysis/warnings.ts';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { TimeAudit } from '../src/cell/procfs.ts';
import type { Ceilings } from '../src/machine/ceilings.ts';
import { machine } from '../src/machine/fingerprint.ts';
import { floorNs, workOf } from '../src/machine/roofline.ts';
import { Record } from '../src/records/schema.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { impossible } from '../src/run/floor.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from '../src/run/outcome.ts';
import { example } from './support/ceilings.ts';
import { draft } from './support/draft.ts';

describe('times that cannot be', () => {
  test('calls that took longer than the whole did', () => {
    const audit = new TimeAudit(process.pid);
    expect(audit.close({ timeNs: [6e11, 6e11], queuedNs: null, reads: [] })).toEqual({
      impossible: expect.stringMatching(/^reported 1200000000000 ns for its calls, but only \d+ ns went by$/),
    });
  });

  test.runIf(process.platform === 'linux')('CPU time beside the calls is seen', () => {
    const audit = new TimeAudit(process.pid);
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 5e4);
    const untimedNs = audit.close({ timeNs: [1000], queuedNs: null, reads: [] });
    expect(untimedNs).toBeGreaterThan(1e7);
    const twice = new TimeAudit(process.pid);
    expect(twice.close({ timeNs: [0], queuedNs: null, reads: [] })).toBeLessThan(untimedNs as number);
  });

  test('work beside the calls that could be half of the baseline stands out, if every turn shows it', async () => {
    const op = await loadOp('sgemm');
    const variants = [{ id: 'x', peer: false, threads: 1 }];
    const turn = (variant: string, calledNs: number, untimedNs: number) => ({
      case: 'c',
      variant,
      calls: 2,
      calledNs,
      untimedNs,
    });
    const besides = (...own: number[]) => {
      const untimed = [turn('baseline', 2e8, 6e6), ...own.map((ns) => turn('x', 2e6, ns))];
      const watched = { warmups: [], audits: [], untimed, loopsNs: [], stolen: null };
      const outcome = {
        op,
        baseline: { id: 'baseline' },
        variants,
        cases: [],
        samples: [],
        watched,
      } as unknown as TimedOp;
      return observed([outcome], machine(), 20).untimed;
    };
    expect(besides(1.2e8, 3e8)).toEqual([
      { variant: 'x', case: 'c', calledNs: 1e6, untimedNs: 6e7, baselineUntimedNs: 3e6 },
    ]);
    expect(besides(1.2e8, 8e6)).toEqual([]);
    expect(besides(9e7, 9e7)).toEqual([]);
  });

  test('below half of what the work takes at the peaks, or below a step of the clock', async () => {
    const op = await loadOp('sgemm');
    const c = op.cases.find((one) => op.caseName(one) === 'M256N256K256') ?? op.cases[0];
    const least = floorNs(example, workOf(op, c.dims), 1);
    const judged = (timeNs: number, ceilings: typeof example | null = example) =>
      impossibility(
        {
          op,
          cases: [c],
          samples: [{ round: 0, turn: 0, case: op.caseName(c), variant: 'x', timeNs: [timeNs], queuedNs: null }],
        },
        { id: 'x', threads: 1 },
        { clockNs: 30, ceilings },
      );
    expect(judged(0.4 * least)).toMatch(
      /reported \d+ ns a call, less than half of the \d+ ns that its work takes at this machine's measured peaks/,
    );
    expect(judged(0.6 * least)).toBeNull();
    expect(judged(0.4 * least, null)).toBeNull();
    expect(judged(1, null)).toMatch(/reported 1 ns a call, less than one clock step \(30 ns\)/);
  });

  test('kept peaks alone refuse no candidate: they are measured again', async () => {
    const op = await loadOp('sgemm');
    const c = op.cases[0];
    const entry = { id: 'x', built: await buildBaseline('sgemm') } as unknown as CandidateOutcome;
    const slow = { ...example, fma: example.fma.map((one) => ({ ...one, gflops: one.gflops / 1e6 })) };
    const judged = (timeNs: number, measuredNow: Ceilings | null) => {
      const samples = [{ round: 0, turn: 0, case: op.caseName(c), variant: 'x', timeNs: [timeNs], queuedNs: null }];
      const outcome = { op, cases: [c], samples } as unknown as OpOutcome;
      const options = { threads: 1, onProgress: () => {} } as unknown as RunOptions;
      return impossible(outcome, entry, slow, options, async () => measuredNow);
    };
    expect(await judged(1e6, example)).toBeNull();
    expect(await judged(100, example)).toMatch(/half of the \d+ ns/);
    // On a machine that is too busy to have peaks, no candidate is refused.
    expect(await judged(100, null)).toBeNull();
  });
});

test('a verdict of impossible withholds the mean, and is in the table', () => {
  const honest = draft();
  const overrides = {
    candidates: honest.candidates.map((one) => ({ ...one, verdict: 'impossible' as const, message: 'too fast' })),
    results: honest.results.map((one) => ({ ...one, verdict: 'impossible' as const, speedup: null })),
    means: honest.means.map((one) => ({ ...one, arithmetic: null, withheld: 'impossible: too fast' })),
  };
  const shown = stripVTControlCharacters(reportRecord(Record.parse({ ...draft({ overrides }), id: 'x' })));
  expect(shown).toMatch(/mine-ts +impossible/);
  expect(shown).toMatch(/withheld/);
  expect(shown).toMatch(/x too fast/);
});
