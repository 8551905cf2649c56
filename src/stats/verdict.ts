/**
 * The word for an interval of a ratio of times. Differences up to the noise floor are never claimed: a variant timed against itself in the
 * same run (its twin) differed by that much.
 *
 *   faster  low > 1 + floor          slower  high < 1 / (1 + floor)
 *   same    the whole interval within 1 / (1 + margin)..(1 + margin); the noise floor does not widen it, since noise makes nothing the same
 */
import type { Interval } from './interval.ts';
import { meanEstimate } from './means.ts';
import type { Sampled } from './samples.ts';
import { pooledOver } from './speedup.ts';

export const comparisons = ['faster', 'slower', 'same', 'inconclusive'] as const;
/** What the interval of a ratio says; `inconclusive`, if it is too wide to say anything else. */
export type ComparisonVerdict = (typeof comparisons)[number];

/** `floor`: null if it was not measured; the margin then replaces it. */
export function compare({ low, high }: Interval, floor: number | null, margin: number): ComparisonVerdict {
  if (low === null || high === null) return 'inconclusive';
  const noise = floor ?? margin;
  if (low > 1 + noise) return 'faster';
  if (high < 1 / (1 + noise)) return 'slower';
  return low >= 1 / (1 + margin) && high <= 1 + margin ? 'same' : 'inconclusive';
}

const twinMark = ' (twin)';

export const twinId = (variant: string) => `${variant}${twinMark}`;

interface NoiseFloor {
  /** The variant that was timed against itself. */
  readonly variant: string;
  /** The largest difference at any case, as a share: 0.03 for 3 %. */
  readonly cases: number;
  /** The difference of its mean over the cases. */
  readonly mean: number;
}

/** Null if the samples have no twin, or lack a calm one at a case. */
export function noiseFloor(samples: readonly Sampled[], cases: readonly string[]): NoiseFloor | null {
  const twin = samples.find(({ variant }) => variant.endsWith(twinMark))?.variant;
  if (twin === undefined) return null;
  const variant = twin.slice(0, -twinMark.length);
  const pooled = pooledOver(samples, variant, twin);
  const mean = meanEstimate(pooled, cases);
  if (mean === null) return null;
  const difference = ({ log }: { readonly log: number }) => Math.exp(Math.abs(log)) - 1;
  const perCase = cases.flatMap((c) => pooled.case(c) ?? []);
  return { variant, cases: Math.max(...perCase.map(difference)), mean: difference(mean) };
}
