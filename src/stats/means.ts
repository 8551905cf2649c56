/**
 * The mean speedup multiple is defined here alone: the arithmetic mean of the per-case speedups over the cases of a suite. A case that
 * failed or is unsupported withholds it; no case is ever dropped, or counted as 1.
 */
import { geometricMean, harmonicMean, mean } from 'simple-statistics';
import { type Estimate, type Interval, intervalOf } from './interval.ts';
import type { Pooled } from './pooled.ts';
import type { Samples } from './samples.ts';
import { pooledOver, speedup } from './speedup.ts';

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
  const speedups = values as number[];
  const spread = meanEstimate(pooledOver(samples, baseline, variant), cases);
  return { ...summaryOf(speedups), arithmetic: spread ? intervalOf(spread) : only(mean(speedups)) };
}

/** The arithmetic mean of the cases' speedups: a case weighs in its error as it does in the mean. Null if one has no speedup. */
export function meanEstimate(pooled: Pooled, cases: readonly string[]): Estimate | null {
  const logs = cases.map((c) => pooled.case(c)?.log);
  if (logs.length === 0 || logs.includes(undefined)) return null;
  const speedups = (logs as number[]).map(Math.exp);
  const total = speedups.reduce((sum, value) => sum + value, 0);
  const spread = pooled.weighted(new Map(cases.map((c, i) => [c, speedups[i] / total])));
  return spread && { ...spread, log: Math.log(total / cases.length) };
}

const only = (value: number): Interval => ({ value, low: null, high: null });

/** Of speedups without their rounds: the interval of the mean has no edges. */
export const meansOf = (speedups: readonly number[]): Means => ({
  ...summaryOf(speedups),
  arithmetic: only(mean([...speedups])),
});

function summaryOf(speedups: readonly number[]): Omit<Means, 'arithmetic'> {
  const values = [...speedups];
  return {
    geometric: geometricMean(values),
    harmonic: harmonicMean(values),
    least: Math.min(...values),
    greatest: Math.max(...values),
  };
}
