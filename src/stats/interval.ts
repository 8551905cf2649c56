/** Intervals over rounds, on the log scale, since ratios are positive and their errors multiply. */
import { mean, sampleStandardDeviation } from 'simple-statistics';

/** An estimate, such as a speedup, with its 95 % interval. */
export interface Interval {
  readonly value: number;
  /** Lower edge; null with a single round, which says nothing of the spread. */
  readonly low: number | null;
  /** Upper edge; null with a single round. */
  readonly high: number | null;
}

/** Student's t, 0.975 quantile, by degrees of freedom from 1. Beyond the table it is within 4 % of the last value. */
export const t975: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Geometric mean of positive values, one a round, with its t-interval. */
export function logInterval(values: readonly number[]): Interval {
  if (values.length === 0) throw new Error('an interval needs at least one value');
  const logs = values.map(Math.log);
  const center = mean(logs);
  const value = Math.exp(center);
  if (logs.length < 2) return { value, low: null, high: null };
  const t = t975[Math.min(logs.length - 1, t975.length) - 1];
  const half = (t * sampleStandardDeviation(logs)) / Math.sqrt(logs.length);
  return { value, low: Math.exp(center - half), high: Math.exp(center + half) };
}

/** Half of the interval's width relative to its value: 0.03 is three percent. Infinite where the width is unknown. */
export function halfWidth({ low, high }: Interval): number {
  return low === null || high === null ? Number.POSITIVE_INFINITY : Math.sqrt(high / low) - 1;
}
