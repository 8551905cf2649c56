/** nfold verify: every edge and timed shape of the selected candidates against the oracle. */

import pc from 'picocolors';
import { suites } from '../../bench/suites.ts';
import { told } from '../catalog/candidates.ts';
import { selectCases } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import { drawnCases } from '../judge/plan.ts';
import { isBad, verdictText } from '../judge/verdict.ts';
import { verdictMark } from '../report/format.ts';
import { print, printJson } from '../report/output.ts';
import { table } from '../report/table.ts';
import type { CandidateOutcome, RunOptions } from '../run/outcome.ts';
import { prepare } from '../run/prepare.ts';
import { type Prepared, verifyEntries } from '../run/suite.ts';
import { replayTimed, type Timed } from '../stopwatch/replay.ts';
import { type Flags, prepareRun } from './run.ts';

interface VerifyFlags extends Flags {
  /** The timed calls of a round, as a failure found there prints them. */
  readonly timed?: Timed;
}

export async function verifyCommand(selectors: readonly string[], flags: VerifyFlags): Promise<void> {
  const { selections, strays, options, progress } = await prepareRun(selectors, flags, {
    effort: 'default',
    suites,
    pool: (op, seed) => [...op.cases, ...op.edges, ...drawnCases(op, seed)],
  });
  const entries: CandidateOutcome[] = [];
  try {
    for (const { op: name, candidates, problems } of selections) {
      options.onProgress(`${name}: building`);
      const prepared = await prepare(name, candidates, problems);
      const { op } = prepared;
      const cases = op.cases.filter((c) => options.effort.extra || !c.extra || flags.case !== undefined);
      const chosen = selectCases(op, [...op.edges, ...drawnCases(op, options.seed), ...cases], flags.case);
      if (flags.timed) await replay(prepared, chosen, options, flags.timed);
      else await verifyEntries(prepared, chosen, options, true);
      entries.push(...prepared.entries);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  progress.end();
  const misplaced = strays.map(told);
  if (flags.json) printJson({ seed: options.seed, results: entries.map(asData), misplaced });
  else print(asText(entries, misplaced, options.seed));
  const failed = entries.some(({ verdict }) => isBad(verdict.status)) || misplaced.length > 0;
  process.exitCode = options.signal.aborted ? exit.interrupted : failed ? exit.failed : exit.fine;
}

async function replay(prepared: Prepared, [c, ...others]: readonly Case[], options: RunOptions, timed: Timed) {
  if (others.length > 0) throw new NfoldError('--timed goes with one case: name it with --case, as the failure did.');
  for (const entry of prepared.entries) {
    if (!entry.built || entry.verdict.status !== 'pass') continue;
    options.onProgress(`${prepared.op.name}: round ${timed.round + 1} again, ${entry.id}`);
    entry.verdict = await replayTimed({ ...prepared, ...options }, entry.built, c, timed);
  }
}

function asData({ id, verdict }: CandidateOutcome) {
  const failure = verdict.status === 'fail' ? verdict.failure : null;
  return {
    candidate: id,
    verdict: verdict.status,
    checks: verdict.status === 'pass' ? verdict.checks : null,
    verification: verdict.status === 'pass' ? { worst: verdict.worst, bound: 1 } : null,
    message: verdict.status === 'pass' ? null : verdictText(verdict),
    failure,
  };
}

function asText(entries: readonly CandidateOutcome[], misplaced: readonly string[], seed: number): string {
  const columns = [
    { head: 'candidate' },
    { head: 'verified' },
    { head: 'checks', align: 'right' },
    { head: 'largest error / bound', align: 'right' },
  ] as const;
  const rows = entries.map(({ id, verdict }) => {
    const passed = verdict.status === 'pass' ? [`${verdict.checks}`, verdict.worst.toFixed(3)] : ['-', '-'];
    return [id, verdictMark(verdict.status), ...passed];
  });
  const failures = entries.flatMap(({ verdict }) => {
    if (verdict.status === 'pass') return [];
    const again = verdict.status === 'fail' ? `\n  again: ${verdict.failure.replay}` : '';
    return [`${pc.red('x')} ${verdictText(verdict)}${again}`];
  });
  return [table(columns, rows), `seed ${seed}`, ...failures, ...misplaced.map((line) => `${pc.red('x')} ${line}`)].join(
    '\n',
  );
}
