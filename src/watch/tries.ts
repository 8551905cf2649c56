/** One try of a watched candidate: it is built, verified and, if it is right, timed beside the baseline on a few cases. */
import { analyse } from '../analysis/results.ts';
import type { CandidateFile } from '../catalog/candidates.ts';
import { cellEnder, withOwnCells } from '../cell/cell.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import { type Check, drawnCases, planChecks } from '../judge/plan.ts';
import { isStanding, pending, type Settled, type Verdict, verdictText } from '../judge/verdict.ts';
import { verify } from '../judge/verify.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { machine } from '../machine/fingerprint.ts';
import type { Result } from '../records/schema.ts';
import type { CandidateOutcome, RunOptions } from '../run/outcome.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { timedVariant } from '../run/record.ts';
import type { Interval } from '../stats/interval.ts';
import type { Sampled } from '../stats/speedup.ts';
import { clockStepNs } from '../stopwatch/system.ts';
import type { Preview } from './preview.ts';

/** Seconds since the save, as far as they are known. */
export interface Waited {
  readonly verdict: number;
  readonly firstNumber: number | null;
  readonly total: number;
}

export interface Try {
  readonly verdict: Settled;
  readonly hash: string | null;
  /** The files that it was built from; empty if it was not. */
  readonly sources: readonly string[];
  /** One for each case that was timed. */
  readonly results: readonly Result[];
  /** The arithmetic mean over those cases. */
  readonly mean: Interval | null;
  readonly waited: Waited;
}

export interface Trying {
  readonly candidate: CandidateFile;
  readonly cases: readonly Case[];
  readonly preview: Preview;
  readonly options: RunOptions;
  readonly ceilings: Ceilings | null;
  /** Checks that failed last, which come first. */
  readonly suspects: Set<string>;
}

/** Throws if it is aborted, and ends the processes of this try alone. */
export function tryOnce(trying: Trying, signal: AbortSignal): Promise<Try> {
  return withOwnCells(async () => {
    const end = cellEnder();
    signal.addEventListener('abort', end);
    try {
      return await run(trying, signal);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  });
}

async function run(trying: Trying, signal: AbortSignal): Promise<Try> {
  const { candidate, cases, preview, options } = trying;
  const { onProgress } = options;
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  onProgress({ op: candidate.op, stage: 'building' });
  const prepared = await prepare({ op: candidate.op, candidates: [candidate], problems: [] });
  const [outcome] = prepared.candidates;
  const { built } = outcome;
  const about = { hash: built?.hash ?? null, sources: built?.sources.map(({ path }) => path) ?? [] };
  const unfinished = (verdict: Settled, at: number): Try => {
    return { verdict, ...about, results: [], mean: null, waited: { verdict: at, firstNumber: null, total: since() } };
  };
  if (!built || !isStanding(outcome.verdict)) return unfinished(outcome.verdict as Settled, since());
  const timer = new Timer(built, options.threads, preview.cpu);
  const verdict = await verified(trying, prepared, timer, signal);
  const verdictAt = since();
  if (verdict.status !== 'pass') return unfinished(verdict, verdictAt);
  const samples: Sampled[] = [];
  let firstNumber: number | null = null;
  try {
    for (const [i, c] of cases.entries()) {
      onProgress({
        op: candidate.op,
        stage: 'timing',
        detail: `${prepared.op.caseName(c)}, ${i + 1} of ${cases.length}`,
      });
      samples.push(...(await preview.time(timer, c)));
      firstNumber ??= since();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CandidateError)) throw error;
    return unfinished({ status: error.status, message: `${candidate.id}: ${error.message}` }, verdictAt);
  }
  const analysed = analysis(trying, prepared, { ...outcome, verdict }, samples);
  return { verdict, ...about, ...analysed, waited: { verdict: verdictAt, firstNumber, total: since() } };
}

/** The verdict of the edges, of drawn shapes and of the cases that are timed; what failed last comes first. */
async function verified(trying: Trying, prepared: Prepared, timer: Timer, signal: AbortSignal): Promise<Settled> {
  const { candidate, cases, options, suspects } = trying;
  const { op, candidates } = prepared;
  const [{ built }] = candidates;
  if (!built) throw new Error('a candidate that was not built cannot be verified');
  const planned = planChecks(op, [...op.edges, ...drawnCases(op, options.seed), ...cases], 1, true);
  const keyOf = ({ case: c, distribution, repeat }: Check) => `${op.caseName(c)} ${distribution} ${repeat}`;
  const isSuspect = (check: Check) => suspects.has(keyOf(check));
  const checks = [...planned.filter(isSuspect), ...planned.filter((check) => !isSuspect(check))];
  let last = 0;
  // The process that was verified is then timed: it stays open.
  const kept = { open: timer.open.bind(timer), turn: timer.turn.bind(timer), close: () => {} };
  const verdicts = await verify({
    ...options,
    ...prepared,
    variants: [built],
    checks,
    signal,
    start: (variant, threads) => (variant === built ? kept : new Timer(variant, threads)),
    onProgress(done, total) {
      last = done;
      options.onProgress({ op: op.name, stage: 'verifying', detail: `check ${done + 1} of ${total}` });
    },
  });
  const verdict: Verdict = verdicts.get(candidate.id) ?? pending;
  suspects.clear();
  if (verdict.status !== 'pass') suspects.add(keyOf(checks[last]));
  return verdict.status === 'pending' ? { status: 'error', message: verdictText(verdict) } : verdict;
}

function analysis(
  { candidate, cases, options, ceilings }: Trying,
  { op, baseline }: Prepared,
  outcome: CandidateOutcome<Settled>,
  samples: readonly Sampled[],
): Pick<Try, 'results' | 'mean'> {
  const suite = { name: candidate.op, ops: [candidate.op] };
  const timed = { suite, op, baseline, cases, meanCases: cases, samples, watched: null };
  const { results, means } = analyse([{ ...timed, variants: [timedVariant(outcome, options.threads)] }], {
    machine: machine(),
    clockNs: clockStepNs(),
    ceilings,
    halfWidth: options.effort.halfWidth,
  });
  return { results, mean: means[0]?.arithmetic ?? null };
}
