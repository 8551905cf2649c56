/**
 * Calls that are made again. A turn counts only if both sides have a calm call in it (stats/samples.ts), and one disturbance is enough to take
 * the only one from a turn of dear calls. So a variant without a calm call is called again, right there, until it has one.
 *
 *   whether   the calls so far waited for a CPU, by the rule that leaves calls out; how long they took is no reason
 *   how often a maximum, and what fits an allowance, in calls of the baseline by its pace on the smallest case: known before the turn
 *
 * No bias: of independent calls, the first calm one is as long as any calm one, P(t | first calm) = P(t | calm), and calm calls are what
 * statistics take without this, too. Had the time a say beside the waiting, as in "again, since it was slow", the call that ends a turn would be
 * a fast one. All calls are kept and checked, and the rule that leaves calls out is the same.
 */
import type { Timed } from '../cell/cell.ts';
import type { PlannedCall } from '../judge/inputs.ts';
import { calmTimes } from '../stats/samples.ts';
import type { Effort } from './effort.ts';

/** Calls of a turn, as planned, and what came back. */
export interface Called extends Timed {
  readonly planned: readonly PlannedCall[];
}

/** Maximum calls that are made again in a turn: what disturbs for longer is not over soon. */
export const maxAgain = 3;
/** Of the seconds that a round has: enough for one call of the dearest training step, and not for all cases of a machine that is never calm. */
const againShare = 0.25;
/** A short call costs this with its way to the cell and back, in nanoseconds. */
const minCostNs = 1e7;

/** Whether a call may be made again, of what the timer has left in this round; the next one then has less. */
export type Grant<T> = (timer: T, baselineNs: number) => boolean;

/** For one round. A call of any variant counts as one of the baseline. */
export function allowance<T>({ budgetS, rounds: [, max] }: Pick<Effort, 'budgetS' | 'rounds'>): Grant<T> {
  const spentNs = new Map<T, number>();
  return (timer, baselineNs) => {
    const ns = (spentNs.get(timer) ?? 0) + Math.max(minCostNs, baselineNs);
    if (ns > (againShare * budgetS * 1e9) / max) return false;
    spentNs.set(timer, ns);
    return true;
  };
}

/** The calls of a turn with those that are made again until one is calm. `granted`: asked before each. */
export async function untilCalm(calls: Called, again: () => Promise<Called>, granted: () => boolean): Promise<Called> {
  let all = calls;
  for (let i = 0; i < maxAgain && calmTimes(all).length === 0 && granted(); i++) all = joined(all, await again());
  return all;
}

/** Calls and those that were made after them; what is known of a warm-up is that of the first. */
export function joined(first: Called, then: Called): Called {
  const { changedLater = then.changedLater === undefined ? undefined : first.timeNs.length + then.changedLater } =
    first;
  return {
    ...first,
    planned: [...first.planned, ...then.planned],
    timeNs: [...first.timeNs, ...then.timeNs],
    queuedNs: first.queuedNs && then.queuedNs && [...first.queuedNs, ...then.queuedNs],
    reads: [...first.reads, ...then.reads],
    untimedNs: first.untimedNs === null || then.untimedNs === null ? null : first.untimedNs + then.untimedNs,
    changedLater,
  };
}
