/**
 * The ratio of two independent estimates, such as the speedups of a candidate in two runs.
 *
 *   value = exp(to - from),  95 % interval by Welch's t on the log scale:
 *   variance = v1 + v2,  degrees of freedom after Satterthwaite: (v1 + v2)^2 / (v1^2 / df1 + v2^2 / df2)
 *
 * Source   Welch 1947; Satterthwaite 1946.
 */
import { type Estimate, type Interval, intervalOf } from './interval.ts';

/** Null if a side is missing; without edges if nothing is known of the spread of one. */
export function ratioOf(from: Estimate | null, to: Estimate | null): Interval | null {
  if (from === null || to === null) return null;
  const log = to.log - from.log;
  if (from.variance === null || to.variance === null) return intervalOf({ log, variance: null, df: 0 });
  const variance = from.variance + to.variance;
  const df = variance ** 2 / (from.variance ** 2 / from.df + to.variance ** 2 / to.df);
  // Without spread the freedom is 0 / 0, and the half-width 0 at any t.
  return intervalOf({ log, variance, df: Number.isNaN(df) ? 1 : df });
}
