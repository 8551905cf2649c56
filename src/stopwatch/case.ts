/**
 * One case of one round. The baseline is opened and warmed up first, which takes longest, and nfold judges the case before meanwhile. Then
 * the case has turns; in each of them every variant is timed once. Results are judged when the times are there.
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
import { type PlannedCall, planCalls, type RoundInputs, roundInputs, shuffled } from '../judge/inputs.ts';
import { deriveSeed } from '../judge/seed.ts';
import { StepJudge } from '../judge/steps.ts';
import { type TimedCalls, type TimedInspection, TimedJudge } from '../judge/timed.ts';
import { addVerdict, erred, type Verdict, verdictText } from '../judge/verdict.ts';
import type { Sampled } from '../stats/samples.ts';
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
}

interface Taken {
  readonly timer: Timer;
  readonly turn: number;
  readonly timed: Timed;
  /** Of results that were judged at once. */
  readonly inspection?: TimedInspection;
}

/** Bytes of results that wait for their judgement; those of larger models are judged turn by turn, and not kept. */
const maxKept = 2 ** 29;

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
  const planned = new Map(
    timers.map((timer) => [timer, planCalls(inputs, perTurn(timer) * plan.turns, verdictId(timer.variant))]),
  );
  const plannedOf = (timer: Timer) => planned.get(timer) ?? [];
  const taken: Taken[] = [];
  const errors = new Map<string, Verdict>();
  const judgeSteps = stepJudge(request, inputs, plan.turns);
  const kept = inputs.warm.bytes.length * plan.others * plan.turns * timers.length;
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
      const calls = plannedOf(timer).slice(turn * perTurn(timer), (turn + 1) * perTurn(timer));
      const opens = turn === 0 && variant !== baseline;
      try {
        const timed = await timeTurn(request, timer, calls, { ...timing, opens, warm: inputs.warm });
        const steady = turn === 0 && variant === baseline ? warmed.steady : timed.steady;
        const one = { timer, turn, timed: { ...timed, steady } };
        if (!op.carries || kept <= maxKept) taken.push(one);
        else taken.push({ ...one, timed: { ...one.timed, reads: [] }, inspection: judgeSteps(one, calls) });
      } catch (error) {
        errors.set(verdictId(variant), verdictOf(request, variant, timing.case, error));
      }
    }
  }
  return () => judge(request, { round, inputs, timers, turns: plan.turns, taken, errors, plannedOf, judgeSteps });
}

/** Judges the turns of an op that carries state, each variant's in their order. */
function stepJudge({ oracle, baseline }: MeasureRequest, inputs: RoundInputs, turns: number) {
  const judges = new Map<Timer, StepJudge>();
  return ({ timer, timed, inspection }: Taken, planned: readonly PlannedCall[]): TimedInspection => {
    if (inspection) return inspection;
    const judge = judges.get(timer) ?? new StepJudge(oracle, inputs);
    judges.set(timer, judge);
    return judge.inspect({ planned, ...timed }, timer.variant === baseline ? 0 : truthChance / turns);
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
  plannedOf(timer: Timer): readonly PlannedCall[];
  readonly judgeSteps: ReturnType<typeof stepJudge>;
}

function judge(request: MeasureRequest, times: Times): CaseTimes {
  const { op, oracle } = request;
  const { round, inputs, timers, turns, taken, plannedOf, judgeSteps } = times;
  const name = op.caseName(inputs.warm.case);
  const ownOf = (timer: Timer) => taken.filter((one) => one.timer === timer);
  const completed = timers.filter((timer) => ownOf(timer).length === turns);
  const verdicts = new Map(times.errors);
  const drawn = op.carries ? null : new TimedJudge(oracle, inputs);
  const audits = completed.map((timer) => {
    const own = ownOf(timer);
    const planned = plannedOf(timer);
    const each = planned.length / turns;
    const inspection = drawn
      ? drawn.inspect(gathered(planned, own))
      : together(own.map((one, i) => judgeSteps(one, planned.slice(i * each, (i + 1) * each))));
    const timed = { round, calls: planned.length };
    addVerdict(verdicts, verdictId(timer.variant), judged(request, timer.variant, inspection, { inputs, timed }));
    return auditOf(own, name, new Set('full' in inspection ? inspection.full : []));
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

/** The calls of all turns. */
function gathered(planned: readonly PlannedCall[], own: readonly Taken[]): TimedCalls {
  const first = own.findIndex(({ timed }) => timed.changedLater !== undefined);
  const before = own.slice(0, first).reduce((sum, { timed }) => sum + timed.timeNs.length, 0);
  return {
    planned,
    reads: own.flatMap(({ timed }) => timed.reads),
    changedLater: first < 0 ? undefined : before + (own[first].timed.changedLater ?? 0),
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

/** The verdict on the timed calls of a case. Throws if the baseline's are not right. */
function judged(
  request: MeasureRequest,
  variant: Variant,
  inspection: TimedInspection,
  { inputs, timed }: { inputs: RoundInputs; timed: RoundPlan },
): Verdict {
  if (!('finding' in inspection)) return { status: 'pass', checks: timed.calls, worst: inspection.worst };
  const told = { ...variant, id: verdictId(variant) };
  const verdict = failed(inspection.finding, told, inputs.warm, { ...request, timed });
  if (variant === request.baseline) throw new Error(`the baseline fails its own check: ${verdictText(verdict)}`);
  return verdict;
}

/** What has no open case yet opens it and warms up in full; others warm only the caches. */
async function timeTurn(
  { op, effort, without = [] }: MeasureRequest,
  timer: Timer,
  calls: readonly PlannedCall[],
  { opens, warm, baselineNs }: Timing & { readonly opens: boolean; readonly warm: RoundInputs['warm'] },
): Promise<Timed> {
  let warmup: WarmupPlan | null = null;
  if (opens) {
    const kind = await timer.open(warm, { noise: !without.includes('noise') });
    warmup = timer.variant.slow ? warmOnce : warmupCalls(kind, baselineNs, effort);
  } else if (!op.carries) warmup = warmAgain(baselineNs); // For an op that carries state, it would put the first state back.
  const planned = calls.map(({ call }) => call);
  return timer.turn(planned, { warmup, expectedNs: baselineNs });
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
