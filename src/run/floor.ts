/** Finds impossible times by the kept peaks, and confirms them by new ones: other work may have disturbed the first measurement. */
import { impossibility } from '../analysis/impossible.ts';
import { threadsOf } from '../contract/variant.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { ceilingsNow } from '../machine/peak.ts';
import { clockStepNs } from '../stopwatch/system.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from './outcome.ts';

/** Sweeps of the second measurement of the peaks. */
const sweeps = 3;

/** One sentence, or null. Peers are trusted and never refused. `measure` makes the second measurement. */
export async function impossible(
  outcome: Pick<OpOutcome, 'op' | 'cases' | 'samples'>,
  { id, built }: Pick<CandidateOutcome, 'id' | 'built'>,
  ceilings: Ceilings | null,
  options: Pick<RunOptions, 'threads' | 'signal' | 'onProgress'>,
  measure = ceilingsNow,
): Promise<string | null> {
  if (!built) return null;
  const variant = { id, threads: threadsOf(built, options.threads) };
  const clockNs = clockStepNs();
  const found = impossibility(outcome, variant, { clockNs, ceilings });
  if (found === null || ceilings === null) return found;
  return impossibility(outcome, variant, { clockNs, ceilings: await measure({ sweeps, ...options }) });
}
