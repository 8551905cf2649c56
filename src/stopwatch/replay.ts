/** Repeats the timed calls of one round for one variant alone: `verify --timed` finds what a bench found there. */
import { Timer } from '../cell/timer.ts';
import { CandidateError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import type { Variant } from '../contract/variant.ts';
import type { OpConditions, RoundPlan } from '../judge/conditions.ts';
import { failed } from '../judge/failure.ts';
import { planCalls, type RoundInputs, roundInputs } from '../judge/inputs.ts';
import { StepJudge } from '../judge/steps.ts';
import { type TimedCalls, TimedJudge } from '../judge/timed.ts';
import { erred, type Verdict } from '../judge/verdict.ts';
import { type Effort, warmupCalls } from './effort.ts';

interface ReplayRequest extends OpConditions {
  readonly effort: Effort;
}

/** An error of a cell or a build becomes the verdict. Every call is compared in full. */
export async function replayTimed(
  request: ReplayRequest,
  variant: Variant,
  c: Case,
  timed: RoundPlan,
): Promise<Verdict> {
  const { oracle, op } = request;
  const inputs = roundInputs(request, c, timed);
  try {
    const calls = await callAgain(request, variant, inputs, timed);
    const inspection = op.carries
      ? new StepJudge(oracle, inputs).inspect(calls, null)
      : new TimedJudge(oracle, inputs, true).inspect(calls);
    if ('finding' in inspection) return failed(inspection.finding, variant, inputs.warm, { ...request, timed });
    return { status: 'pass', checks: calls.planned.length, worst: inspection.worst };
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    return erred(error, `${variant.id} at ${op.caseName(c)}`);
  }
}

async function callAgain(
  { threads, effort }: ReplayRequest,
  variant: Variant,
  inputs: RoundInputs,
  { calls: count, again }: RoundPlan,
): Promise<TimedCalls> {
  const planned = planCalls(inputs, count, variant.id, again);
  const timer = new Timer(variant, threads);
  try {
    const warmup = warmupCalls(await timer.open(inputs.warm), effort.warmMs * 5e4, effort);
    const calls = planned.map(({ call }) => call);
    const { reads, changedLater } = await timer.turn(calls, { warmup });
    return { planned, reads, changedLater };
  } finally {
    timer.close();
  }
}
