/**
 * The ratio of two independent sets of positive values, such as the speedups of a candidate in the rounds of two runs.
 *
 *   value = exp(mean ln to - mean ln from),  95 % interval by Welch's t on the log scale:
 *   se^2 = s1^2/n1 + s2^2/n2,  degrees of freedom after Satterthwaite, rounded down, which errs to the wide side
 *
 * Source   Welch 1947; Satterthwaite 1946.
 */
import { mean, sampleVariance } from 'simple-statistics';
import { type Interval, t975 } from './interval.ts';

/** Null if a side has no values; without edges if a side has one value, which says nothing of its spread. */
export function ratioOf(from: readonly number[], to: readonly number[]): Interval | null {
  if (from.length === 0 || to.length === 0) return null;
  const [a, b] = [from, to].map((values) => values.map(Math.log));
  const center = mean(b) - mean(a);
  const value = Math.exp(center);
  if (a.length < 2 || b.length < 2) return { value, low: null, high: null };
  const parts = [a, b].map((logs) => ({ squared: sampleVariance(logs) / logs.length, df: logs.length - 1 }));
  const squared = parts[0].squared + parts[1].squared;
  const freedom = squared ** 2 / parts.reduce((sum, part) => sum + part.squared ** 2 / part.df, 0);
  // Without spread the freedom is 0 / 0, and the half-width 0 at any t.
  const df = Number.isNaN(freedom) ? 1 : Math.max(1, Math.floor(freedom + 1e-9));
  const half = t975[Math.min(df, t975.length) - 1] * Math.sqrt(squared);
  return { value, low: Math.exp(center - half), high: Math.exp(center + half) };
}
