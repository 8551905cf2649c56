/**
 * Raw times, and which of them count. Calls that waited for a CPU are left out, on both sides or on none: if the many short calls of a fast
 * variant were cleaned, and the one long call of the baseline were not, other work on the machine would look like a speedup. The rule
 * reads the scheduler's account, not the outcome.
 */
import { median } from 'simple-statistics';

/** Calls of one variant on one case in one turn of a round, in time order. */
export interface Sampled {
  readonly round: number;
  readonly turn: number;
  readonly case: string;
  readonly variant: string;
  readonly timeNs: readonly number[];
  /** Time that each call was ready to run but had no CPU, the longest of its threads; null where the system keeps no account. */
  readonly queuedNs: readonly number[] | null;
}

export type Samples = readonly Sampled[];

/** A call is calm if it waited for no more than this share of its time. */
const maxQueued = 0.02;

type Calls = Pick<Sampled, 'timeNs' | 'queuedNs'>;

export const isCalm = ({ timeNs, queuedNs }: Calls, i: number): boolean =>
  queuedNs === null || queuedNs[i] <= maxQueued * timeNs[i];

export const calmTimes = (calls: Calls): readonly number[] => calls.timeNs.filter((_, i) => isCalm(calls, i));

/** The median call of each turn, of its calm calls; of all calls, if no turn of this variant and case has a calm one. */
function medianOfTurns(samples: Samples, variant: string, c: string): number[] {
  const own = samples.filter((s) => s.variant === variant && s.case === c);
  const calm = own.map(calmTimes).filter((times) => times.length > 0);
  return (calm.length > 0 ? calm : own.map(({ timeNs }) => timeNs)).map((times) => median([...times]));
}

/** Median over turns of the median time of a call, or null without samples. */
export function typicalNs(samples: Samples, variant: string, c: string): number | null {
  const medians = medianOfTurns(samples, variant, c);
  return medians.length > 0 ? median(medians) : null;
}

/** Minimum over turns of the median call, or null without samples: it compares with peaks, which are the best of many measurements. */
export function minTurnNs(samples: Samples, variant: string, c: string): number | null {
  const medians = medianOfTurns(samples, variant, c);
  return medians.length > 0 ? Math.min(...medians) : null;
}
