/**
 * Times that are not averaged but refused: below a step of the clock, or below half of what the work takes at this machine's measured peaks.
 * Half, since some algorithms need fewer flop than the textbook's, and peaks measured beside other work are too low.
 */
import type { Ceilings } from '../machine/ceilings.ts';
import { floorNs, workOf } from '../machine/roofline.ts';
import { typicalNs } from '../stats/speedup.ts';
import type { TimedOp } from './timed.ts';

const minShare = 0.5;

/** What this machine can tell apart and can do: a step of its clock in ns, and its peaks, null where they could not be measured. */
export interface Limits {
  readonly clockNs: number;
  readonly ceilings: Ceilings | null;
}

/** One sentence for the first case whose typical time cannot be, or null. */
export function impossibility(
  { op, cases, samples }: Pick<TimedOp, 'op' | 'cases' | 'samples'>,
  { id, threads }: { readonly id: string; readonly threads: number },
  { clockNs, ceilings }: Limits,
): string | null {
  for (const c of cases) {
    const timeNs = typicalNs(samples, id, op.caseName(c));
    if (timeNs === null) continue;
    const took = `${id} at ${op.caseName(c)}: reported ${timeNs.toFixed(0)} ns a call, less than`;
    if (timeNs < clockNs) return `${took} one clock step (${clockNs} ns)`;
    if (ceilings === null) continue;
    const minNs = floorNs(ceilings, workOf(op, c.dims), threads);
    if (timeNs < minShare * minNs)
      return `${took} half of the ${minNs.toFixed(0)} ns that its work takes at this machine's measured peaks ('nfold peak')`;
  }
  return null;
}
