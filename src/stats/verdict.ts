/**
 * What an interval of a ratio of times says in a word. Differences up to the noise floor are never claimed: a variant timed against
 * itself in the same run (its twin) showed as much.
 *
 *   faster  low > 1 + floor          slower  high < 1 / (1 + floor)
 *   same    the whole interval within 1 / (1 + margin)..(1 + margin); noise widens it no further, since it shows nothing to be the same
 */
import { type Interval, logInterval } from './interval.ts';
import { ratios, roundMeans, type Sampled } from './speedup.ts';

export const comparisons = ['faster', 'slower', 'same', 'inconclusive'] as const;
export type Comparison = (typeof comparisons)[number];

/** `floor` null: not measured, and then the margin stands in for it. */
export function compare({ low, high }: Interval, floor: number | null, margin: number): Comparison {
  if (low === null || high === null) return 'inconclusive';
  const noise = floor ?? margin;
  if (low > 1 + noise) return 'faster';
  if (high < 1 / (1 + noise)) return 'slower';
  return low >= 1 / (1 + margin) && high <= 1 + margin ? 'same' : 'inconclusive';
}

const twinMark = ' (twin)';

export const twinId = (variant: string) => `${variant}${twinMark}`;

export interface NoiseFloor {
  /** What was timed against itself. */
  readonly variant: string;
  /** The largest difference that it showed at any case, as a share: of 3 %, 0.03. */
  readonly cases: number;
  /** The difference of its mean over the cases. */
  readonly mean: number;
}

/** Null without a twin among the samples, or where a case lacks it. */
export function noiseFloor(samples: readonly Sampled[], cases: readonly string[]): NoiseFloor | null {
  const twin = samples.find(({ variant }) => variant.endsWith(twinMark))?.variant;
  if (twin === undefined) return null;
  const variant = twin.slice(0, -twinMark.length);
  const perCase = cases.map((c) => [...ratios(samples, variant, twin, c).values()]);
  const means = roundMeans(samples, variant, twin, cases);
  if (means.length === 0) return null;
  const difference = (values: readonly number[]) => Math.exp(Math.abs(Math.log(logInterval(values).value))) - 1;
  return { variant, cases: Math.max(...perCase.map(difference)), mean: difference(means) };
}
