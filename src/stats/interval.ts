/** Estimates and their intervals on the log scale, since ratios are positive and their errors multiply. */
import { mean, sampleVariance } from 'simple-statistics';

/** An estimate, such as a speedup, with its 95 % interval. */
export interface Interval {
  readonly value: number;
  /** Lower edge; null where nothing is known of the spread, as after a single round. */
  readonly low: number | null;
  /** Upper edge; null where the lower one is. */
  readonly high: number | null;
}

/** The logarithm of a positive quantity, and how well it is known. */
export interface Estimate {
  readonly log: number;
  /** Squared standard error of `log`; null where nothing is known of the spread. */
  readonly variance: number | null;
  /** Degrees of freedom of the variance. */
  readonly df: number;
}

/** Student's t, 0.975 quantile, by degrees of freedom from 1. */
const t975: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** At degrees of freedom from 1, whole or not: linear in 1/df between whole ones; beyond 30 within 4 %. */
export function studentT(df: number): number {
  const below = Math.min(Math.floor(df), t975.length);
  if (below >= df || below === t975.length) return t975[below - 1];
  const share = (1 / below - 1 / df) / (1 / below - 1 / (below + 1));
  return t975[below - 1] + share * (t975[below] - t975[below - 1]);
}

export function intervalOf({ log, variance, df }: Estimate): Interval {
  const value = Math.exp(log);
  if (variance === null) return { value, low: null, high: null };
  const half = studentT(df) * Math.sqrt(variance);
  return { value, low: Math.exp(log - half), high: Math.exp(log + half) };
}

/** Of positive values that are independent, one a round: their geometric mean. */
export function estimateOf(values: readonly number[]): Estimate {
  if (values.length === 0) throw new Error('an estimate needs at least one value');
  const logs = values.map(Math.log);
  const variance = logs.length < 2 ? null : sampleVariance(logs) / logs.length;
  return { log: mean(logs), variance, df: logs.length - 1 };
}

/** Half of the interval's width relative to its value: 0.03 is three percent. Infinite where the width is unknown. */
export function halfWidth({ low, high }: Interval): number {
  return low === null || high === null ? Number.POSITIVE_INFINITY : Math.sqrt(high / low) - 1;
}
