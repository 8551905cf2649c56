/**
 * What an interval of a ratio of times says in a word; differences up to the noise floor are never claimed.
 *
 *   faster  low > 1 + floor          slower  high < 1 / (1 + floor)
 *   same    the whole interval within 1 / (1 + margin)..(1 + margin), the margin being no less than the floor
 */
import type { Interval } from './interval.ts';

export type Comparison = 'faster' | 'slower' | 'same' | 'inconclusive';

/** `floor` null: not measured, and then the margin stands in for it. */
export function compare({ low, high }: Interval, floor: number | null, margin: number): Comparison {
  if (low === null || high === null) return 'inconclusive';
  const noise = floor ?? margin;
  if (low > 1 + noise) return 'faster';
  if (high < 1 / (1 + noise)) return 'slower';
  const within = Math.max(noise, margin);
  return low >= 1 / (1 + within) && high <= 1 + within ? 'same' : 'inconclusive';
}
