/**
 * Times that are refused: below a step of the clock, or below half of what the work takes at this machine's measured peaks. It is half
 * because some algorithms need fewer flop than the textbook's, and because peaks measured beside other work are too low.
 */
import type { Ceilings } from '../machine/ceilings.ts';
import { floorNs, workOf } from '../machine/roofline.ts';
import { typicalNs } from '../stats/samples.ts';
import type { TimedOp } from './timed.ts';

const minShare = 0.5;

/** A step of this machine's clock in ns, and its peaks, null if they could not be measured. */
export interface Limits {
  readonly clockNs: number;
  readonly ceilings: Ceilings | null;
}

/** One sentence about the first case whose typical time is impossible, or null. */
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
