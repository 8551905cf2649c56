/** Finds impossible times by the kept peaks, and confirms them by new ones: other work may have disturbed the first measurement. */
import { impossibility } from '../analysis/impossible.ts';
import { threadsOf } from '../contract/variant.ts';
import { confirmed } from '../machine/beside.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { ceilingsNow } from '../machine/peak.ts';
import { roof, workOf } from '../machine/roofline.ts';
import { typicalNs } from '../stats/samples.ts';
import { speedup } from '../stats/speedup.ts';
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

/** A candidate may exceed its ceilings by this share, by which they are uncertain. */
const tolerance = 0.005;

/**
 * The ceilings, measured anew if a candidate seems to exceed them; null if that does not succeed, since they then accuse nobody. `measure`
 * makes the new measurement.
 */
export async function fairCeilings(
  {
    op,
    baseline,
    cases,
    unseen,
    samples,
    ceilings,
    candidates,
  }: Omit<OpOutcome, 'candidates'> & { candidates: readonly CandidateOutcome[] },
  options: Pick<RunOptions, 'threads' | 'signal' | 'onProgress'>,
  measure = ceilingsNow,
): Promise<Ceilings | null> {
  if (ceilings === null) return null;
  const exceeds = candidates.some(({ id, built, verdict }) => {
    if (!built || verdict.status !== 'pass') return false;
    const has = { threads: threadsOf(built, options.threads), flags: built.flags };
    return [...cases, ...unseen.map((one) => one.case)].some((c) => {
      const found = speedup(samples, baseline.id, id, op.caseName(c));
      const baselineNs = typicalNs(samples, baseline.id, op.caseName(c));
      if (!found || baselineNs === null) return false;
      return baselineNs / found.value < (1 - tolerance) * roof(ceilings, workOf(op, c.dims), has).timeNs;
    });
  });
  return exceeds ? confirmed(ceilings, options, measure) : ceilings;
}
