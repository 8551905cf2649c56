/**
 * One round: a fresh process for each variant, the cases in random order. A case has turns; in each of them every variant is timed once.
 * Of two turns in succession, the first has a random order and the second its reverse: any two variants meet as ABBA or BAAB. Variants of
 * one thread share a CPU, another one in the next round.
 */
import type { Timed } from '../cell/cell.ts';
import { cpus } from '../cell/cpu.ts';
import type { WarmupPlan } from '../cell/protocol.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import { makeRng, type Rng, type Seed } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { callOn } from '../judge/batch.ts';
import type { RoundPlan } from '../judge/conditions.ts';
import { failed } from '../judge/failure.ts';
import { type PlannedCall, planCalls, type RoundInputs, roundInputs, shuffled } from '../judge/inputs.ts';
import { measurePace, paceImage } from '../judge/pace.ts';
import { deriveSeed } from '../judge/seed.ts';
import { StepJudge } from '../judge/steps.ts';
import { type TimedCalls, type TimedInspection, TimedJudge } from '../judge/timed.ts';
import { addVerdict, erred, isStanding, pending, type Verdict, verdictText } from '../judge/verdict.ts';
import type { Sampled } from '../stats/speedup.ts';
import { callPlan, warmAgain, warmOnce, warmupCalls } from './effort.ts';
import type { Audit, CaseTimes, MeasureRequest } from './request.ts';

export interface Round {
  readonly number: number;
  /** The baseline comes first. */
  readonly variants: readonly Variant[];
  readonly rng: Rng;
}

/** How often, a variant, case and round, one of its steps is compared with the truth as well: a truth takes as long as a baseline's call. */
export const truthChance = 0.5;

/** The id that a variant's verdict counts for: a twin's counts for its original. */
const verdictId = ({ id, twinOf = id }: Variant) => twinOf;

/** Yields the times of each case when they are complete. Throws if it is aborted or the baseline fails. */
export async function* timeRound(request: MeasureRequest, round: Round): AsyncGenerator<CaseTimes> {
  const { op, signal, cases, threads } = request;
  const choice = cpus();
  const timers = round.variants.map((one) => new Timer(one, threads, choice[round.number % choice.length]));
  const stop = () => {
    for (const timer of timers) timer.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    const { nsPerFlop, errors } = await warmProcesses(request, timers, round.rng);
    const verdicts = new Map<string, Verdict>(errors);
    yield { samples: [], warmups: [], untimed: [], audits: [], verdicts: errors };
    for (const c of shuffled(cases, round.rng)) {
      signal?.throwIfAborted();
      const standing = timers.filter(({ variant }) => isStanding(verdicts.get(verdictId(variant)) ?? pending));
      const baselineNs = nsPerFlop * op.flop(c.dims);
      const times = await timeCase(request, round.number, standing, { case: c, baselineNs });
      for (const [id, verdict] of times.verdicts) addVerdict(verdicts, id, verdict);
      yield times;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Brings the code of every process to its final tier on the smallest case; returns the baseline's pace there. */
async function warmProcesses(request: MeasureRequest, [baseline, ...others]: readonly Timer[], rng: Rng) {
  const { op, cases, text, onProgress } = request;
  const image = paceImage(op, text, cases, rng.bits());
  onProgress({ stage: 'warming up', detail: baseline.variant.id });
  const nsPerFlop = await measurePace(baseline, image).catch((error: unknown) => {
    request.signal?.throwIfAborted();
    throw error;
  });
  const expectedNs = nsPerFlop * op.flop(image.case.dims);
  const errors = new Map<string, Verdict>();
  for (const timer of others) {
    const { variant, threads } = timer;
    onProgress({ stage: 'warming up', detail: variant.id });
    try {
      // JavaScript is compiled anew for each case: there is nothing to warm yet.
      if ((await variant.artifact(image.case.dims, threads)).kind === 'js') continue;
      await timer.open(image);
      await timer.turn([callOn(image, [])], { warmup: { calls: 3, ms: 40 }, expectedNs });
    } catch (error) {
      errors.set(verdictId(variant), verdictOf(request, variant, image.case, error));
    }
  }
  return { nsPerFlop, errors };
}

interface Timing {
  readonly case: Case;
  readonly baselineNs: number;
}

interface Taken {
  readonly timer: Timer;
  readonly turn: number;
  readonly timed: Timed;
}

async function timeCase(
  request: MeasureRequest,
  round: number,
  timers: readonly Timer[],
  timing: Timing,
): Promise<CaseTimes> {
  const { op, oracle, baseline, seed, effort } = request;
  const name = op.caseName(timing.case);
  const plan = callPlan(timing.baselineNs, effort);
  const inputs = roundInputs(request, timing.case, { round, calls: plan.others * plan.turns });
  const perTurn = ({ variant }: Timer) => (variant === baseline || variant.slow ? plan.baseline : plan.others);
  const planned = new Map(
    timers.map((timer) => [timer, planCalls(inputs, perTurn(timer) * plan.turns, verdictId(timer.variant))]),
  );
  const plannedOf = (timer: Timer) => planned.get(timer) ?? [];
  const steps = new Map(op.carries ? timers.map((timer) => [timer, new StepJudge(oracle, inputs)]) : []);
  const taken: Taken[] = [];
  const verdicts = new Map<string, Verdict>();
  const audited = new Map<Timer, number[]>();
  const say = (timer: Timer, inspection: TimedInspection, calls: number) => {
    const verdict = judged(request, timer.variant, inspection, {
      inputs,
      calls,
      timed: { round, calls: plannedOf(timer).length },
    });
    addVerdict(verdicts, verdictId(timer.variant), verdict);
    if ('full' in inspection) audited.set(timer, [...(audited.get(timer) ?? []), ...inspection.full]);
  };
  const stands = ({ variant }: Timer) => isStanding(verdicts.get(verdictId(variant)) ?? pending);
  for (let turn = 0; turn < plan.turns; turn++) {
    for (const timer of inOrder(timers, round * plan.turns + turn, deriveSeed(seed, op.name, name, 'order'))) {
      const { variant } = timer;
      if (!stands(timer)) continue;
      request.onProgress({
        stage: `round ${round + 1} of ${[...new Set(effort.rounds)].join(' to ')}`,
        detail: `${name}: ${variant.id}`,
      });
      const calls = plannedOf(timer).slice(turn * perTurn(timer), (turn + 1) * perTurn(timer));
      try {
        const timed = await timeTurn(request, timer, calls, { ...timing, turn, warm: inputs.warm });
        const judge = steps.get(timer);
        // States are large: they are judged at once, and not kept.
        taken.push({ timer, turn, timed: judge ? { ...timed, reads: [] } : timed });
        if (judge) say(timer, judge.inspect({ planned: calls, ...timed }, truthChance / plan.turns), calls.length);
      } catch (error) {
        verdicts.set(verdictId(variant), verdictOf(request, variant, timing.case, error));
      }
    }
  }
  const ownOf = (timer: Timer) => taken.filter((one) => one.timer === timer);
  const completed = timers.filter((timer) => ownOf(timer).length === plan.turns);
  if (!op.carries) {
    const judge = new TimedJudge(oracle, inputs);
    for (const timer of completed) {
      const calls = gathered(plannedOf(timer), ownOf(timer), perTurn(timer));
      say(timer, judge.inspect(calls), calls.planned.length);
    }
  }
  const whole = taken.filter(({ timer }) => completed.includes(timer));
  const audits = completed.map((timer) => auditOf(ownOf(timer), name, new Set(audited.get(timer))));
  return { ...seenIn(taken, name), audits, samples: samplesOf(whole, name, round), verdicts };
}

/** The calls of all turns. */
function gathered(planned: readonly PlannedCall[], own: readonly Taken[], perTurn: number): TimedCalls {
  const changed = own.find(({ timed }) => timed.changedLater !== undefined);
  return {
    planned,
    reads: own.flatMap(({ timed }) => timed.reads),
    changedLater: changed && changed.turn * perTurn + (changed.timed.changedLater ?? 0),
  };
}

/** The times of the calls that were compared in full, and of the others. */
function auditOf(own: readonly Taken[], name: string, full: ReadonlySet<number>): Audit {
  const timeNs = own.flatMap(({ timed }) => timed.timeNs);
  const part = (is: boolean) => timeNs.filter((_, i) => full.has(i) === is);
  return { case: name, variant: own[0].timer.variant.id, fullNs: part(true), othersNs: part(false) };
}

/** Nanoseconds of the calls of each turn. */
function samplesOf(taken: readonly Taken[], name: string, round: number): Sampled[] {
  return taken.map(({ timer, turn, timed: { timeNs, queuedNs } }) => {
    return { round, turn, case: name, variant: timer.variant.id, timeNs, queuedNs };
  });
}

/** Observations of every variant, also of those that did not complete all turns. */
function seenIn(taken: readonly Taken[], name: string) {
  const turns = taken.map(({ timer, turn, timed }) => ({ turn, timed, of: { case: name, variant: timer.variant.id } }));
  return {
    warmups: turns.flatMap(({ turn, of, timed: { steady } }) =>
      steady === undefined || turn > 0 ? [] : [{ ...of, steady }],
    ),
    untimed: turns.flatMap(({ of, timed: { timeNs, untimedNs } }) => {
      const calledNs = timeNs.reduce((sum, ns) => sum + ns, 0);
      return untimedNs === null ? [] : [{ ...of, calls: timeNs.length, calledNs, untimedNs }];
    }),
  };
}

/** The verdict on some timed calls of a case. Throws if the baseline's are not right. */
function judged(
  request: MeasureRequest,
  variant: Variant,
  inspection: TimedInspection,
  { inputs, calls, timed }: { inputs: RoundInputs; calls: number; timed: RoundPlan },
): Verdict {
  if (!('finding' in inspection)) return { status: 'pass', checks: calls, worst: inspection.worst };
  const told = { ...variant, id: verdictId(variant) };
  const verdict = failed(inspection.finding, told, inputs.warm, { ...request, timed });
  if (variant === request.baseline) throw new Error(`the baseline fails its own check: ${verdictText(verdict)}`);
  return verdict;
}

/** The first turn of a case opens it and warms up in full; a later one warms only the caches. */
async function timeTurn(
  { op, effort, without = [] }: MeasureRequest,
  timer: Timer,
  calls: readonly PlannedCall[],
  { turn, warm, baselineNs }: Timing & { readonly turn: number; readonly warm: RoundInputs['warm'] },
): Promise<Timed> {
  let warmup: WarmupPlan | null = null;
  if (turn === 0) {
    const kind = await timer.open(warm, { noise: !without.includes('noise') });
    warmup = timer.variant.slow ? warmOnce : warmupCalls(kind, baselineNs, effort);
  } else if (!op.carries) warmup = warmAgain(baselineNs); // For an op that carries state, it would put the first state back.
  const planned = calls.map(({ call }) => call);
  return timer.turn(planned, { warmup, expectedNs: baselineNs });
}

function verdictOf({ op, signal, baseline }: MeasureRequest, variant: Variant, c: Case, error: unknown): Verdict {
  signal?.throwIfAborted();
  if (!(error instanceof CandidateError) || variant === baseline) throw error;
  return erred(error, `${verdictId(variant)} at ${op.caseName(c)}`);
}

/** The order of a turn, counted over all rounds: random for an even one, reversed for the next. */
export function inOrder<T>(variants: readonly T[], turn: number, seed: Seed): T[] {
  const order = shuffled(variants, makeRng(deriveSeed(seed, turn >> 1)));
  return turn % 2 === 0 ? order : order.toReversed();
}
