/**
 * Times of older records. Their speedups are of calm calls, but their times counted calls that waited for a CPU too, and so did all that follows
 * from them: a case of 111× at 9 % of the peak. Here as in newer records
 *
 *   time   the baseline's typical time / the speedup
 */
import type { Record, Result } from '../records/schema.ts';
import { typicalNs } from '../stats/samples.ts';

export function withCalmTimes(record: Record): Record {
  const samples = Map.groupBy(record.samples, ({ op }) => op);
  const calm = (result: Result): Result => {
    const { op, speedup, baseline, timeNs } = result;
    if (!speedup || timeNs === null || baseline.timeNs === null) return result;
    const isSo = Math.abs((timeNs * speedup.value) / baseline.timeNs - 1) < 1e-6;
    const baselineNs = isSo ? null : typicalNs(samples.get(op) ?? [], `${op}/baseline`, result.case);
    if (baselineNs === null) return result;
    const faster = (timeNs * speedup.value) / baselineNs;
    const scaled = (rate: number | null) => rate && rate * faster;
    return {
      ...{ ...result, baseline: { ...baseline, timeNs: baselineNs }, timeNs: timeNs / faster },
      ...{ gflops: scaled(result.gflops), gbPerSecond: scaled(result.gbPerSecond) },
      percentOfPeak: scaled(result.percentOfPeak),
    };
  };
  return { ...record, results: record.results.map(calm) };
}
