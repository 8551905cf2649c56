/**
 * One round: a fresh process for each arm, the cases in random order. A case has turns; in each of them every arm is timed once. Of
 * any two turns in succession, the second has the reverse order of the first, which is random: two arms meet as ABBA or BAAB. Arms of one
 * thread share a CPU, another one in the next round.
 */

import { Cell, type Timed } from '../cell/cell.ts';
import { cpus } from '../cell/cpu.ts';
import { openingOf } from '../cell/opening.ts';
import type { Samples } from '../cell/protocol.ts';
import { CandidateError } from '../contract/errors.ts';
import { bySize, type Case } from '../contract/op.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import { threadsOf } from '../contract/variant.ts';
import { compose, deriveSeed } from '../judge/image.ts';
import { type PlannedCall, planCalls, type RoundInputs, roundInputs, shuffled } from '../judge/inputs.ts';
import { TimedJudge } from '../judge/timed.ts';
import { failure, sentence } from '../judge/verdict.ts';
import type { Sampled } from '../stats/speedup.ts';
import { callPlan, warmAgain, warmOnce, warmupCalls } from './effort.ts';
import type { Arm, Measured, MeasureRequest } from './measure.ts';

interface Seated extends Arm {
  readonly cell: Cell;
}

export interface Round {
  readonly number: number;
  readonly arms: readonly Arm[];
  readonly rng: Rng;
}

/** Adds samples, verdicts and warm-ups to `measured`; throws if it was aborted, or if the baseline fails. */
export async function runRound(request: MeasureRequest, measured: Measured, round: Round): Promise<void> {
  const { op, signal, cases } = request;
  const choice = cpus();
  const cpu = choice[round.number % choice.length];
  const seated: Seated[] = round.arms.map((arm) => {
    const alone = threadsOf(arm.variant, request.threads) === 1;
    return { ...arm, cell: new Cell({ ...arm.variant, cpu: alone ? cpu : undefined }) };
  });
  const stop = () => {
    for (const { cell } of seated) cell.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    const nsPerFlop = await warmProcesses(request, measured, seated, round.rng);
    for (const c of shuffled(cases, round.rng)) {
      signal?.throwIfAborted();
      await runCase(request, measured, seated, round, c, nsPerFlop * op.flop(c.dims));
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Brings the code of every process to its final tier on the smallest case; returns the baseline's pace there. */
async function warmProcesses(
  request: MeasureRequest,
  measured: Measured,
  arms: readonly Seated[],
  rng: Rng,
): Promise<number> {
  const { op, cases, text, threads } = request;
  const [c] = bySize(op, cases);
  const image = compose(op, c, op.distributions[0], rng.bits(), text);
  const writes = [{ offset: 0, bytes: image.bytes }];
  let nsPerFlop: number | undefined;
  for (const arm of arms) {
    const { variant, cell } = arm;
    request.onProgress(`warming up ${variant.id}`);
    try {
      const opening = await openingOf(op, c, image.scalars, image.layout, variant, threads);
      // Other JavaScript is compiled anew for each case: there is nothing to warm yet.
      if (variant !== request.baseline && opening.artifact.kind === 'js') continue;
      await cell.open(opening);
      // The pace of the baseline plans every call of the round: the least of three calls, and of steady code, if that can be had.
      const paced = variant === request.baseline;
      const calls = Array.from({ length: paced ? 3 : 1 }, () => ({ writes, reads: [] }));
      const warmup = { writes, calls: 3, ms: 40, mostMs: paced ? 160 : 40 };
      const { timeNs } = await cell.sample({ calls, warmup }, nsPerFlop && nsPerFlop * op.flop(c.dims));
      if (paced) nsPerFlop = Math.min(...timeNs) / op.flop(c.dims);
    } catch (error) {
      recordError(request, measured, arm, op.caseName(c), error);
    }
  }
  return nsPerFlop ?? 1;
}

/** One arm at one case: what it is to call, and what came of it so far. */
interface Play extends Seated {
  readonly planned: readonly PlannedCall[];
  readonly perTurn: number;
  readonly reads: Samples['reads'][number][];
  changedLater?: number;
}

async function runCase(
  request: MeasureRequest,
  measured: Measured,
  arms: readonly Seated[],
  { number: round }: Round,
  c: Case,
  baselineNs: number,
): Promise<void> {
  const { op, baseline, text, seed, effort, without } = request;
  const name = op.caseName(c);
  const plan = callPlan(baselineNs, effort);
  const inputs = roundInputs(op, c, seed, round, plan.others * plan.turns, text, without);
  const standing = ({ judged }: Arm) => measured.verdicts.get(judged)?.status === 'pass' || judged === baseline.id;
  const plays: Play[] = arms.map((arm) => {
    const perTurn = arm.variant === baseline || arm.variant.slow ? plan.baseline : plan.others;
    const planned = planCalls(op, c, inputs, perTurn * plan.turns, arm.judged, text);
    return { ...arm, planned, perTurn, reads: [] };
  });
  const taken: Sampled[] = [];
  for (let turn = 0; turn < plan.turns; turn++) {
    for (const play of inOrder(plays, round * plan.turns + turn, deriveSeed(seed, op.name, name, 'order'))) {
      if (!standing(play)) continue;
      const { id } = play.variant;
      request.onProgress(`round ${round + 1}, ${name}: ${id}`);
      try {
        const { timeNs, queuedNs, reads, steady, changedLater, outsideNs } = await timeTurn(
          request,
          play,
          turn,
          c,
          inputs,
          baselineNs,
        );
        taken.push({ round, turn, case: name, variant: id, timeNs, queuedNs });
        if (changedLater !== undefined) play.changedLater ??= play.reads.length + changedLater;
        play.reads.push(...reads);
        if (outsideNs !== null) {
          const calledNs = timeNs.reduce((sum, ns) => sum + ns, 0);
          measured.outside.push({ case: name, variant: id, calls: timeNs.length, calledNs, outsideNs });
        }
        if (steady !== undefined && turn === 0) measured.warmups.push({ case: name, variant: id, steady });
      } catch (error) {
        recordError(request, measured, play, name, error);
      }
    }
  }
  const judge = new TimedJudge(
    request,
    c,
    inputs,
    plays.find(({ variant }) => variant === baseline),
  );
  const whole = plays.filter((play) => play.reads.length === play.planned.length);
  measured.samples.push(...taken.filter((s) => whole.some(({ variant }) => variant.id === s.variant)));
  for (const play of whole) {
    const { judged, planned } = play;
    const before = measured.verdicts.get(judged);
    const inspection = judge.inspect(judged, play);
    if ('finding' in inspection) {
      const timed = { round, calls: planned.length };
      const failed = failure(
        inspection.finding,
        { ...play.variant, id: judged },
        name,
        request,
        op.distributions[0],
        timed,
      );
      if (judged === baseline.id) throw new Error(`the baseline fails its own check: ${sentence(failed)}`);
      measured.verdicts.set(judged, { status: 'fail', failure: failed });
    } else if (before?.status === 'pass') {
      const worst = Math.max(before.worst, inspection.worst);
      measured.verdicts.set(judged, { status: 'pass', checks: before.checks + planned.length, worst });
    }
  }
}

async function timeTurn(
  { op, threads, effort, without }: MeasureRequest,
  { variant, cell, planned, perTurn }: Play,
  turn: number,
  c: Case,
  { warm }: RoundInputs,
  baselineNs: number,
): Promise<Timed> {
  const opening = turn === 0 ? await openingOf(op, c, warm.scalars, warm.layout, variant, threads) : null;
  if (opening) await cell.open(without?.includes('noise') ? { ...opening, noise: false } : opening);
  // A warm-up would put the first state back, where calls hand a state on.
  const plan = opening
    ? variant.slow
      ? warmOnce
      : warmupCalls(opening.artifact.kind, baselineNs, effort)
    : op.carries
      ? null
      : warmAgain(baselineNs);
  const warmup = plan ? { writes: [{ offset: 0, bytes: warm.bytes }], ...plan } : undefined;
  const calls = planned.slice(turn * perTurn, (turn + 1) * perTurn).map(({ call }) => call);
  return cell.sample({ calls, warmup }, baselineNs);
}

function recordError(
  { signal, baseline }: MeasureRequest,
  measured: Measured,
  { judged }: Arm,
  at: string,
  error: unknown,
): void {
  signal?.throwIfAborted();
  if (!(error instanceof CandidateError) || judged === baseline.id) throw error;
  measured.verdicts.set(judged, { status: error.status, message: `${judged} at ${at}: ${error.message}` });
}

/** Of the turns of a case, counted over all rounds: random for an even one, and then reversed. */
export function inOrder<T>(arms: readonly T[], turn: number, seed: number): T[] {
  const order = shuffled(arms, makeRng(deriveSeed(seed, turn >> 1)));
  return turn % 2 === 0 ? order : order.toReversed();
}
