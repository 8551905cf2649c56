/** One try of a watched candidate: it is built, verified and, if it is right, timed beside the baseline on a few cases. */
import { analyse } from '../analysis/results.ts';
import type { Built } from '../build/build.ts';
import type { CandidateFile } from '../catalog/candidates.ts';
import { cellEnder, withOwnCells } from '../cell/runs.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Variant } from '../contract/variant.ts';
import type { Spread } from '../judge/pattern.ts';
import { type Check, drawnCases, planChecks } from '../judge/plan.ts';
import { erred, isStanding, merged, pending, type Settled, type Verdict, verdictText } from '../judge/verdict.ts';
import { type Host, type VerifyRequest, verify } from '../judge/verify.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { machine } from '../machine/fingerprint.ts';
import type { Result } from '../records/schema.ts';
import type { CandidateOutcome, RunOptions } from '../run/outcome.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { timedVariant } from '../run/record.ts';
import type { Interval } from '../stats/interval.ts';
import type { Sampled } from '../stats/samples.ts';
import { clockStepNs } from '../stopwatch/system.ts';
import type { Preview } from './preview.ts';

/** Seconds since the save, as far as they are known. */
export interface Waited {
  /** To the verdict, or to `pass` by the checks that fit into the first seconds. */
  readonly verdict: number;
  readonly firstNumber: number | null;
  readonly total: number;
}

export interface Try {
  readonly verdict: Settled;
  /** Checks that were made, of all that are planned: fewer while the rest is under way. */
  readonly checks: { readonly made: number; readonly of: number };
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

/**
 * Throws if it is aborted, and ends the processes of this try alone. If not all checks fit into the first seconds, `soFar` hears of the
 * try with its numbers, and the rest is checked after them.
 */
export function tryOnce(trying: Trying, signal: AbortSignal, soFar: (part: Try) => void): Promise<Try> {
  return withOwnCells(async () => {
    const end = cellEnder();
    signal.addEventListener('abort', end);
    try {
      return await run(trying, signal, soFar);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  });
}

/** Seconds of checks before the candidate is timed. */
const firstS = 3;

async function run(trying: Trying, signal: AbortSignal, soFar: (part: Try) => void): Promise<Try> {
  const { candidate, preview, options } = trying;
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  options.onProgress({ op: candidate.op, stage: 'building' });
  const prepared = await prepare({ op: candidate.op, candidates: [candidate], problems: [] });
  const [outcome] = prepared.candidates;
  const { built } = outcome;
  const about = { hash: built?.hash ?? null, sources: built?.sources.map(({ path }) => path) ?? [] };
  const untimed = { results: [], mean: null };
  if (!built || outcome.verdict.status !== 'pending') {
    const waited = { verdict: since(), firstNumber: null, total: since() };
    return { verdict: outcome.verdict as Settled, checks: { made: 0, of: 0 }, ...about, ...untimed, waited };
  }
  const timer = new Timer(built, options.threads, preview.cpus);
  const checking = new Checking(trying, prepared, built, timer, signal);
  const verdict = await checking.go(firstS);
  const { checks } = checking;
  const at = since();
  if (verdict.status !== 'pass') {
    return { verdict, checks, ...about, ...untimed, waited: { verdict: at, firstNumber: null, total: since() } };
  }
  const { samples, firstAt, failure } = await timed(trying, prepared, timer, signal);
  const analysed = failure ? untimed : analysis(trying, prepared, { ...outcome, verdict }, samples);
  const numbers = { ...about, ...analysed };
  const waited = { verdict: at, firstNumber: firstAt === null ? null : (firstAt - began) / 1000, total: since() };
  if (failure || checks.made === checks.of) return { verdict: failure ?? verdict, checks, ...numbers, waited };
  soFar({ verdict, checks, ...numbers, waited });
  const last = await checking.go(Number.POSITIVE_INFINITY);
  const kept = last.status === 'pass' ? numbers : { ...about, ...untimed };
  return { verdict: last, checks: checking.checks, ...kept, waited: { ...waited, total: since() } };
}

/** How far a try that failed goes on, to say what its wrong checks share. */
const survey = { checks: 400, ms: 1500 };

/** A few checks at a time, so that there is an end within the seconds that are given. */
const together = 4;

/** The checks of one try: edges, drawn shapes and the cases that are timed; what failed last comes first. */
class Checking {
  readonly #request: Omit<VerifyRequest, 'checks'>;
  readonly #plan: readonly Check[];
  readonly #suspects: Set<string>;
  #made = 0;
  #verdict: Verdict = pending;

  constructor(
    { cases, options, suspects }: Trying,
    prepared: Prepared,
    built: Built,
    timer: Timer,
    signal: AbortSignal,
  ) {
    const { op } = prepared;
    const planned = planChecks(op, [...op.edges, ...drawnCases(op, options.seed), ...cases], {
      ...{ seed: options.seed, repeats: 1, timedShapes: true },
    });
    const isSuspect = (check: Check) => suspects.has(keyOf(op, check));
    this.#plan = [...planned.filter(isSuspect), ...planned.filter((check) => !isSuspect(check))];
    this.#suspects = suspects;
    // The process that is verified is then timed, and those of the baseline serve all checks: they stay open.
    const hosts = new Map<Variant, Host>([[built, staying(timer)]]);
    this.#request = {
      ...{ ...options, ...prepared, variants: [built], signal },
      start: (variant, threads) => {
        const host = hosts.get(variant) ?? staying(new Timer(variant, threads));
        hosts.set(variant, host);
        return host;
      },
      onProgress: (done) => {
        const detail = `check ${this.#made + done + 1} of ${this.#plan.length}`;
        options.onProgress({ op: op.name, stage: 'verifying', detail });
      },
    };
  }

  get checks(): Try['checks'] {
    return { made: this.#made, of: this.#plan.length };
  }

  /** The verdict of all checks so far, once these seconds are over or all checks are made. */
  async go(seconds: number): Promise<Settled> {
    const until = performance.now() + 1000 * seconds;
    const { op, variants } = this.#request;
    while (isStanding(this.#verdict) && this.#made < this.#plan.length && performance.now() < until) {
      const checks = this.#plan.slice(this.#made, this.#made + together);
      const verdicts = await verify({ ...this.#request, checks });
      this.#verdict = merged(this.#verdict, verdicts.get(variants[0].id) ?? pending);
      if (this.#verdict.status === 'fail') this.#verdict = { ...this.#verdict, spread: await this.#spread() };
      this.#made += checks.length;
      if (isStanding(this.#verdict)) for (const check of checks) this.#suspects.delete(keyOf(op, check));
      else for (const check of checks) this.#suspects.add(keyOf(op, check));
    }
    if (this.#verdict.status !== 'pending') return this.#verdict;
    return { status: 'error', message: verdictText(this.#verdict) };
  }

  /** How far the failure reaches. */
  async #spread(): Promise<Spread | undefined> {
    const verdicts = await verify({ ...this.#request, checks: this.#plan, survey });
    const found = verdicts.get(this.#request.variants[0].id);
    return found?.status === 'fail' ? found.spread : undefined;
  }
}

const keyOf = (op: AnyOp, { case: c, distribution, repeat }: Check) => `${op.caseName(c)} ${distribution} ${repeat}`;

const staying = (timer: Timer): Host => ({
  open: timer.open.bind(timer),
  turn: timer.turn.bind(timer),
  close: () => {},
});

async function timed(
  { candidate, cases, preview, options }: Trying,
  { op }: Prepared,
  timer: Timer,
  signal: AbortSignal,
) {
  const samples: Sampled[] = [];
  let firstAt: number | null = null;
  try {
    for (const [i, c] of cases.entries()) {
      const detail = `${op.caseName(c)}, ${i + 1} of ${cases.length}`;
      options.onProgress({ op: op.name, stage: 'timing', detail });
      samples.push(...(await preview.time(timer, c)));
      firstAt ??= performance.now();
    }
    return { samples, firstAt, failure: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CandidateError)) throw error;
    const failure: Settled = erred(error, candidate.id);
    return { samples, firstAt, failure };
  }
}

function analysis(
  { candidate, cases, options, ceilings }: Trying,
  { op, baseline }: Prepared,
  outcome: CandidateOutcome<Settled>,
  samples: readonly Sampled[],
): Pick<Try, 'results' | 'mean'> {
  const suite = { name: candidate.op, ops: [candidate.op] };
  const timed = { suite, op, baseline, cases, meanCases: cases, samples, watched: null, ceilings };
  const { results, means } = analyse([{ ...timed, variants: [timedVariant(outcome, options.threads)] }], {
    machine: machine(),
    clockNs: clockStepNs(),
    halfWidth: options.effort.halfWidth,
  });
  return { results, mean: means[0]?.arithmetic ?? null };
}
