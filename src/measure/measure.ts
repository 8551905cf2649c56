/**
 * Rounds of fresh processes: within a round every variant has a cell, and each case is timed on all of them, one after
 * another in random order, so that whatever the machine does meanwhile meets both sides of a ratio.
 */
import { BuildError } from '../build/sources.ts';
import { Cell, CellError } from '../cell/cell.ts';
import { openingOf, type Variant } from '../cell/opening.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import { halfWidth, logInterval } from '../stats/interval.ts';
import { roundMeans, type Sampled } from '../stats/speedup.ts';
import { compose, deriveSeed } from '../verify/image.ts';
import { failure, sentence, type Verdict } from '../verify/verdict.ts';
import type { Conditions } from '../verify/verify.ts';
import { type Effort, leastRounds, warmupCalls } from './effort.ts';
import { type PlannedCall, planCalls, type RoundInputs, roundInputs, shuffled } from './inputs.ts';
import { type TimedCalls, TimedJudge } from './timed.ts';

export interface MeasureRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
  /** Candidates and peers, all of which the baseline is timed beside. */
  readonly variants: readonly Variant[];
  readonly cases: readonly Case[];
  readonly effort: Effort;
  readonly signal: AbortSignal;
  onProgress(note: string): void;
}

export interface Measured {
  readonly samples: Sampled[];
  /** What timed calls showed of a variant: a failure or an error, or the largest error met as a share of its bound. */
  readonly verdicts: Map<string, Verdict>;
  interrupted: boolean;
}

export async function measure(request: MeasureRequest): Promise<Measured> {
  const { op, effort, signal } = request;
  const rng = makeRng(deriveSeed(request.seed, op.name, 'rounds'));
  const verdicts = new Map<string, Verdict>(
    request.variants.map(({ id }) => [id, { status: 'pass', checks: 0, worst: 0 }]),
  );
  const measured: Measured = { samples: [], verdicts, interrupted: false };
  const started = performance.now();
  for (let round = 0; round < effort.rounds[1]; round++) {
    const elapsedS = (performance.now() - started) / 1000;
    const endsS = elapsedS * (1 + 1 / Math.max(1, round));
    if (round >= leastRounds && endsS > effort.budgetS) break;
    if (round >= effort.rounds[0] && settled(request, measured)) break;
    try {
      await runRound(request, measured, round, rng);
    } catch (error) {
      if (!signal.aborted) throw error;
      measured.interrupted = true;
      break;
    }
  }
  return measured;
}

function settled({ baseline, variants, cases, effort, op }: MeasureRequest, { samples }: Measured): boolean {
  const names = cases.map((c) => op.caseName(c));
  return variants.every(({ id }) => {
    const values = roundMeans(samples, baseline.id, id, names);
    return values.length === 0 || halfWidth(logInterval(values)) <= effort.halfWidth;
  });
}

interface Arm {
  readonly variant: Variant;
  readonly cell: Cell;
}

async function runRound(request: MeasureRequest, measured: Measured, round: number, rng: Rng): Promise<void> {
  const { op, baseline, variants, signal, cases } = request;
  const standing = variants.filter(({ id }) => measured.verdicts.get(id)?.status === 'pass');
  const arms: Arm[] = [baseline, ...standing].map((variant) => ({ variant, cell: new Cell(variant) }));
  const stop = () => {
    for (const { cell } of arms) cell.close();
  };
  signal.addEventListener('abort', stop);
  try {
    const nsPerFlop = await warmProcesses(request, measured, arms, rng);
    for (const c of shuffled(cases, rng)) {
      signal.throwIfAborted();
      const baselineNs = nsPerFlop * op.flop(c.dims);
      const calls = Math.max(1, Math.min(mostCalls, Math.round((request.effort.sampleMs * 1e6) / baselineNs)));
      await runCase(request, measured, arms, { c, round, calls, baselineNs }, rng);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Brings the code of every process to its final tier on the smallest case; returns the baseline's pace there. */
async function warmProcesses(
  request: MeasureRequest,
  measured: Measured,
  arms: readonly Arm[],
  rng: Rng,
): Promise<number> {
  const { op, cases, text, threads } = request;
  const [c] = [...cases].sort((a, b) => op.flop(a.dims) - op.flop(b.dims));
  const image = compose(op, c, op.distributions[0], rng.bits(), text);
  const writes = [{ offset: 0, bytes: image.bytes }];
  let nsPerFlop = 1;
  for (const { variant, cell } of arms) {
    request.onProgress(`warming up ${variant.id}`);
    try {
      const opening = await openingOf(op, c, image.scalars, image.layout, variant, threads);
      // Other JavaScript is compiled anew for each case: there is nothing to warm yet.
      if (variant !== request.baseline && opening.artifact.kind === 'js') continue;
      await cell.open(opening);
      const { timeNs } = await cell.sample({ calls: [{ writes, reads: [] }], warmup: { writes, calls: 3, ms: 100 } });
      if (variant === request.baseline) nsPerFlop = timeNs[0] / op.flop(c.dims);
    } catch (error) {
      recordError(request, measured, variant, op.caseName(c), error);
    }
  }
  return nsPerFlop;
}

interface Turn {
  readonly c: Case;
  readonly round: number;
  /** Of the baseline; what is set by its speed is set for all. */
  readonly calls: number;
  readonly baselineNs: number;
}

async function runCase(
  request: MeasureRequest,
  measured: Measured,
  arms: readonly Arm[],
  turn: Turn,
  rng: Rng,
): Promise<void> {
  const { op, baseline, text, seed, without } = request;
  const { c, round } = turn;
  const name = op.caseName(c);
  const most = Math.max(turn.calls, leastCalls);
  const inputs = roundInputs(op, c, seed, round, most, text, without);
  const done: (TimedCalls & { variant: Variant; timeNs: readonly number[] })[] = [];
  for (const { variant, cell } of shuffled(arms, rng)) {
    if (variant !== baseline && measured.verdicts.get(variant.id)?.status !== 'pass') continue;
    request.onProgress(`round ${round + 1}, ${name}: ${variant.id}`);
    const planned = planCalls(op, c, inputs, variant === baseline ? turn.calls : most, variant.id, text);
    try {
      done.push({ variant, planned, ...(await timeOne(request, cell, variant, turn, inputs, planned)) });
    } catch (error) {
      recordError(request, measured, variant, name, error);
    }
  }
  const base = done.find(({ variant }) => variant === baseline);
  const judge = new TimedJudge(request, c, inputs, base);
  for (const { variant, timeNs, ...calls } of done) {
    measured.samples.push({ round, case: name, variant: variant.id, timeNs });
    const before = measured.verdicts.get(variant.id);
    const inspection = judge.inspect(variant.id, calls);
    if ('finding' in inspection) {
      const timed = { round, calls: calls.planned.length };
      const failed = failure(inspection.finding, variant, name, request, op.distributions[0], timed);
      if (variant === baseline) throw new Error(`the baseline fails its own check: ${sentence(failed)}`);
      measured.verdicts.set(variant.id, { status: 'fail', failure: failed });
    } else if (before?.status === 'pass') {
      const worst = Math.max(before.worst, inspection.worst);
      measured.verdicts.set(variant.id, { status: 'pass', checks: before.checks + calls.planned.length, worst });
    }
  }
}

/** Calls that a fast variant gets where the dear baseline gets one. */
const leastCalls = 5;
/** More inputs than this would cost more to draw and to send than their calls take. */
const mostCalls = 15;

async function timeOne(
  { op, threads, effort }: MeasureRequest,
  cell: Cell,
  variant: Variant,
  { c, baselineNs }: Turn,
  { warm }: RoundInputs,
  planned: readonly PlannedCall[],
) {
  const opening = await openingOf(op, c, warm.scalars, warm.layout, variant, threads);
  await cell.open(opening);
  // A call may take 20 times the baseline's, and never has less than a minute for all.
  const limitMs = 60_000 + (20 * planned.length * baselineNs) / 1e6;
  const writes = [{ offset: 0, bytes: warm.bytes }];
  const warmup = { writes, ...warmupCalls(opening.artifact.kind, baselineNs, effort) };
  return cell.sample({ calls: planned.map(({ call }) => call), warmup }, limitMs);
}

function recordError(
  { baseline, signal }: MeasureRequest,
  measured: Measured,
  variant: Variant,
  at: string,
  error: unknown,
): void {
  signal.throwIfAborted();
  if (!(error instanceof CellError || error instanceof BuildError) || variant === baseline) throw error;
  measured.verdicts.set(variant.id, { status: 'error', message: `${variant.id} at ${at}: ${error.message}` });
}
