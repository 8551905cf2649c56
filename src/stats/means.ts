/**
 * The mean speedup multiple is defined here alone: the arithmetic mean of the per-case speedups over the cases of a suite. A case that
 * failed or is unsupported withholds it; no case is ever dropped, or counted as 1.
 */
import { geometricMean, harmonicMean, mean } from 'simple-statistics';
import { type Interval, logInterval } from './interval.ts';
import { roundMeans, type Samples, speedup } from './speedup.ts';

export interface Means {
  readonly arithmetic: Interval;
  readonly geometric: number;
  readonly harmonic: number;
  readonly least: number;
  readonly greatest: number;
}

/** Sorts the best mean first, and those without a mean last. */
export function byMean(a: { arithmetic: Interval | null }, b: { arithmetic: Interval | null }): number {
  return (b.arithmetic?.value ?? -1) - (a.arithmetic?.value ?? -1);
}

/** The means over these cases; null if a case has no speedup. */
export function means(samples: Samples, baseline: string, variant: string, cases: readonly string[]): Means | null {
  const values = cases.map((c) => speedup(samples, baseline, variant, c)?.value ?? null);
  if (values.length === 0 || values.includes(null)) return null;
  return meansOf(values as number[], roundMeans(samples, baseline, variant, cases));
}

/** `perRound`: the same mean within each round, for the interval; without it, the interval has no edges. */
export function meansOf(speedups: readonly number[], perRound: readonly number[] = []): Means {
  const values = [...speedups];
  const value = mean(values);
  const spread = perRound.length > 0 ? logInterval(perRound) : { value, low: null, high: null };
  // The interval of the round means, moved from their centre to the mean itself: they differ in the fourth digit.
  const shift = (edge: number | null) => (edge === null ? null : (edge / spread.value) * value);
  return {
    arithmetic: { value, low: shift(spread.low), high: shift(spread.high) },
    geometric: geometricMean(values),
    harmonic: harmonicMean(values),
    least: Math.min(...values),
    greatest: Math.max(...values),
  };
}
