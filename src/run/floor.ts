/**
 * Times that are not averaged but refused: below what the clock can tell apart, or below half of what the work takes at this machine's
 * measured peaks. Half, since there are ways with fewer flop than the textbook's, and peaks measured beside other work are too low.
 */
import { threadsOf } from '../contract/variant.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { ceilingsNow } from '../machine/peak.ts';
import { floorNs, workOf } from '../machine/roofline.ts';
import { typicalNs } from '../stats/speedup.ts';
import { clockStepNs } from '../stopwatch/system.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from './outcome.ts';

const minShare = 0.5;
/** Of a second measurement of the peaks. */
const sweeps = 3;

/** `impossibility`, by the peaks that are kept and by those of now as well: the first may have been measured beside other work. */
export async function impossible(
  outcome: OpOutcome,
  entry: CandidateOutcome,
  ceilings: Ceilings | null,
  { threads, signal, onProgress }: Pick<RunOptions, 'threads' | 'signal' | 'onProgress'>,
): Promise<string | null> {
  const found = impossibility(outcome, entry, ceilings, threads);
  if (found === null || ceilings === null) return found;
  return impossibility(outcome, entry, await ceilingsNow({ sweeps, signal, onProgress }), threads);
}

/** One sentence for the first case whose typical time cannot be, or null. Peers, which we trust, may be anything. */
export function impossibility(
  { op, cases, samples }: Pick<OpOutcome, 'op' | 'cases' | 'samples'>,
  { id, built }: Pick<CandidateOutcome, 'id' | 'built'>,
  ceilings: Ceilings | null,
  threads: number,
): string | null {
  if (!built) return null;
  const stepNs = clockStepNs();
  for (const c of cases) {
    const timeNs = typicalNs(samples, id, op.caseName(c));
    if (timeNs === null) continue;
    const took = `${id} at ${op.caseName(c)}: a call is said to take ${timeNs.toFixed(0)} ns, less than`;
    if (timeNs < stepNs) return `${took} the ${stepNs} ns by which the clock steps`;
    if (ceilings === null) continue;
    const least = floorNs(ceilings, workOf(op, c.dims), threadsOf(built, threads));
    if (timeNs < minShare * least) {
      return `${took} half of the ${least.toFixed(0)} ns that its work takes at the peaks of this machine ('nfold peak')`;
    }
  }
  return null;
}
