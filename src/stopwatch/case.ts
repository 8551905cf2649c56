/**
 * One case of one round. The baseline is opened and warmed up first, which takes longest, and nfold judges the case before meanwhile. Then
 * the case has turns; in each of them every variant is timed once, and again where it had no calm call (again.ts). Results are judged when the
 * times are there.
 */
import type { Timed } from '../cell/cell.ts';
import type { WarmupPlan } from '../cell/protocol.ts';
import type { Timer } from '../cell/timer.ts';
import { CandidateError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import { makeRng, type Seed } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import type { RoundPlan } from '../judge/conditions.ts';
import { failed } from '../judge/failure.ts';
import { callsOf, type PlannedCall, type RoundInputs, roundInputs, shuffled } from '../judge/inputs.ts';
import { deriveSeed } from '../judge/seed.ts';
import { StepJudge } from '../judge/steps.ts';
import { type TimedInspection, TimedJudge } from '../judge/timed.ts';
import { addVerdict, erred, type Verdict, verdictText } from '../judge/verdict.ts';
import type { Sampled } from '../stats/samples.ts';
import { type Called, type Grant, joined, maxAgain, untilCalm } from './again.ts';
import { callPlan, roundName, warmAgain, warmOnce, warmupCalls } from './effort.ts';
import type { Audit, CaseTimes, MeasureRequest } from './request.ts';

/**
 * How often, a variant, case and round, one of its steps is compared with the truth as well, which takes as long as a baseline's call. Each step is
 * compared with the frozen reference (judge/steps.ts); the baseline's need no more than that.
 */
export const truthChance = 0.1;

/** The id that a variant's verdict counts for: a twin's counts for its original. */
export const verdictId = ({ id, twinOf = id }: Variant) => twinOf;

export interface Timing {
  readonly case: Case;
  readonly baselineNs: number;
  readonly grant: Grant<Timer>;
}

interface Taken {
  readonly timer: Timer;
  readonly turn: number;
  readonly timed: Called;
  /** Of results that were judged at once. */
  readonly inspection?: TimedInspection;
}

/**
 * Maximum bytes of results that wait for their judgement, half as many where no call is made again; those of larger models are judged turn by turn,
 * and not kept.
 */
const maxKept = 2 ** 30;

/** A case that has been timed. Judging keeps this process busy, and throws if the baseline fails. */
export type Judgement = () => CaseTimes;

/** `meanwhile` is called while the baseline warms up; the baseline's timer comes first. */
export async function timeCase(
  request: MeasureRequest,
  round: number,
  timers: readonly Timer[],
  timing: Timing,
  meanwhile: () => void,
): Promise<Judgement> {
  const { op, baseline, seed, effort } = request;
  const name = op.caseName(timing.case);
  const plan = callPlan(timing.baselineNs, effort);
  const inputs = roundInputs(request, timing.case, { round, calls: plan.others * plan.turns });
  const perTurn = ({ variant }: Timer) => (variant === baseline || variant.slow ? plan.baseline : plan.others);
  const planned = (timer: Timer) => perTurn(timer) * plan.turns;
  const upcoming = new Map(timers.map((one) => [one, callsOf(inputs, planned(one), verdictId(one.variant))]));
  const taken: Taken[] = [];
  const errors = new Map<string, Verdict>();
  const judgeSteps = stepJudge(request, inputs, plan.turns);
  const kept = inputs.warm.bytes.length * (plan.others + maxAgain) * plan.turns * timers.length;
  const say = (timer: Timer) =>
    request.onProgress({
      stage: roundName(round + 1, effort),
      detail: `${name}: ${timer.variant.id}`,
    });
  say(timers[0]);
  const warmed = await warmBaseline(request, timers[0], inputs, timing.baselineNs, meanwhile);
  for (let turn = 0; turn < plan.turns; turn++) {
    for (const timer of inOrder(timers, round * plan.turns + turn, deriveSeed(seed, op.name, name, 'order'))) {
      const { variant } = timer;
      if (errors.has(verdictId(variant))) continue;
      say(timer);
      const next = (count: number) => Array.from({ length: count }, () => upcoming.get(timer)!.next().value);
      const calls = perTurn(timer);
      const opens = turn === 0 && variant !== baseline;
      try {
        const timed = await timeTurn(request, timer, { ...timing, opens, warm: inputs.warm, next, calls });
        const steady = turn === 0 && variant === baseline ? warmed.steady : timed.steady;
        const one = { timer, turn, timed: { ...timed, steady } };
        if (!op.carries || kept <= maxKept) taken.push(one);
        else taken.push({ ...one, timed: { ...one.timed, reads: [] }, inspection: judgeSteps(one) });
      } catch (error) {
        errors.set(verdictId(variant), verdictOf(request, variant, timing.case, error));
      }
    }
  }
  return () => judge(request, { round, inputs, timers, turns: plan.turns, taken, errors, planned, judgeSteps });
}

/** Judges the turns of an op that carries state, each variant's in their order. */
function stepJudge({ oracle, baseline }: MeasureRequest, inputs: RoundInputs, turns: number) {
  const judges = new Map<Timer, StepJudge>();
  return ({ timer, timed, inspection }: Taken): TimedInspection => {
    if (inspection) return inspection;
    const judge = judges.get(timer) ?? new StepJudge(oracle, inputs);
    judges.set(timer, judge);
    return judge.inspect(timed, timer.variant === baseline ? 0 : truthChance / turns);
  };
}

/** Opens the case in the baseline's cell and warms it up. */
async function warmBaseline(
  { effort, without = [] }: MeasureRequest,
  timer: Timer,
  { warm }: RoundInputs,
  expectedNs: number,
  meanwhile: () => void,
): Promise<Timed> {
  const kind = await timer.open(warm, { noise: !without.includes('noise') });
  const sent = Promise.withResolvers<void>();
  const warmup = warmupCalls(kind, expectedNs, effort);
  const warming = timer.turn([], { warmup, expectedNs, onSent: sent.resolve });
  // A failure is met below, after what is done meanwhile.
  await Promise.race([sent.promise, warming.catch(() => {})]);
  meanwhile();
  return warming;
}

interface Times {
  readonly round: number;
  readonly inputs: RoundInputs;
  readonly timers: readonly Timer[];
  readonly turns: number;
  readonly taken: readonly Taken[];
  readonly errors: ReadonlyMap<string, Verdict>;
  /** The number of calls that are not made again. */
  planned(timer: Timer): number;
  readonly judgeSteps: ReturnType<typeof stepJudge>;
}

function judge(request: MeasureRequest, times: Times): CaseTimes {
  const { op, oracle } = request;
  const { round, inputs, timers, turns, taken, planned, judgeSteps } = times;
  const name = op.caseName(inputs.warm.case);
  const ownOf = (timer: Timer) => taken.filter((one) => one.timer === timer);
  const completed = timers.filter((timer) => ownOf(timer).length === turns);
  const verdicts = new Map(times.errors);
  const drawn = op.carries ? null : new TimedJudge(oracle, inputs);
  const audits = completed.map((timer) => {
    const own = ownOf(timer);
    const all = own.map(({ timed }) => timed).reduce(joined);
    const inspection = drawn ? drawn.inspect(all) : together(own.map(judgeSteps));
    const calls = planned(timer);
    const timed = { round, calls, again: all.planned.length - calls };
    addVerdict(verdicts, verdictId(timer.variant), judged(request, timer.variant, inspection, { inputs, timed }));
    const full = new Set('full' in inspection ? inspection.full : []);
    return auditOf(all.timeNs.slice(0, calls), full, { case: name, variant: timer.variant.id });
  });
  const whole = taken.filter(({ timer }) => completed.includes(timer));
  return { ...seenIn(taken, name), audits, samples: samplesOf(whole, name, round), verdicts };
}

/** The first finding of all turns, or none. */
function together(turns: readonly TimedInspection[]): TimedInspection {
  const found = turns.find((turn) => 'finding' in turn);
  if (found) return found;
  const fine = turns.flatMap((turn) => ('finding' in turn ? [] : turn));
  return { worst: Math.max(...fine.map(({ worst }) => worst)), full: fine.flatMap(({ full }) => full) };
}

/** The times of the calls that were compared in full, and of the others; without those that no chance chose, on images that were not planned. */
function auditOf(timeNs: readonly number[], full: ReadonlySet<number>, of: Pick<Audit, 'case' | 'variant'>): Audit {
  const part = (is: boolean) => timeNs.filter((_, i) => full.has(i) === is);
  return { ...of, fullNs: part(true), othersNs: part(false) };
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

/** The verdict on the timed calls of a case. Throws if the baseline's are not right. */
function judged(
  request: MeasureRequest,
  variant: Variant,
  inspection: TimedInspection,
  { inputs, timed }: { inputs: RoundInputs; timed: Required<RoundPlan> },
): Verdict {
  if (!('finding' in inspection)) return { status: 'pass', checks: timed.calls + timed.again, worst: inspection.worst };
  const told = { ...variant, id: verdictId(variant) };
  const verdict = failed(inspection.finding, told, inputs.warm, { ...request, timed });
  if (variant === request.baseline) throw new Error(`the baseline fails its own check: ${verdictText(verdict)}`);
  return verdict;
}

interface Turn extends Timing, Pick<RoundInputs, 'warm'> {
  readonly opens: boolean;
  /** Calls to make, without those that are made again. */
  readonly calls: number;
  next(count: number): readonly PlannedCall[];
}

/** What has no open case yet opens it and warms up in full; others warm only the caches, and calls made again are warm from those before. */
async function timeTurn(
  { op, effort, without = [] }: MeasureRequest,
  timer: Timer,
  { opens, warm, baselineNs, grant, calls, next }: Turn,
): Promise<Called> {
  let warmup: WarmupPlan | null = null;
  if (opens) {
    const kind = await timer.open(warm, { noise: !without.includes('noise') });
    warmup = timer.variant.slow ? warmOnce : warmupCalls(kind, baselineNs, effort);
  } else if (!op.carries) warmup = warmAgain(baselineNs); // For an op that carries state, it would put the first state back.
  const make = async (count: number, warmup: WarmupPlan | null): Promise<Called> => {
    const planned = next(count);
    const called = planned.map(({ call }) => call);
    return { ...(await timer.turn(called, { warmup, expectedNs: baselineNs })), planned };
  };
  return untilCalm(
    await make(calls, warmup),
    () => make(1, null),
    () => grant(timer, baselineNs),
  );
}

/** Throws what is no fault of a candidate's. */
export function verdictOf(
  { op, signal, baseline }: MeasureRequest,
  variant: Variant,
  c: Case,
  error: unknown,
): Verdict {
  signal?.throwIfAborted();
  if (!(error instanceof CandidateError) || variant === baseline) throw error;
  return erred(error, `${verdictId(variant)} at ${op.caseName(c)}`);
}

/** The order of a turn, counted over all rounds: random for an even one, reversed for the next. */
export function inOrder<T>(variants: readonly T[], turn: number, seed: Seed): T[] {
  const order = shuffled(variants, makeRng(deriveSeed(seed, turn >> 1)));
  return turn % 2 === 0 ? order : order.toReversed();
}
