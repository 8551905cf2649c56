/**
 * A record in the formats of services that watch benchmarks. What was not measured is left out: none of them has a null.
 *
 * Source   bencher.dev/docs/reference/bencher-metric-format (BMF JSON, adapter `json`);
 *          github.com/benchmark-action/github-action-benchmark (tools customBiggerIsBetter and customSmallerIsBetter).
 */
import { counted } from '../contract/words.ts';
import type { Record, Result } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import { byMean } from '../stats/means.ts';
import { shortFlags } from './format.ts';

interface Metric {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

const timed = ({ results }: Record) =>
  results.flatMap(({ speedup, timeNs, ...r }) => (speedup && timeNs !== null ? [{ ...r, speedup, timeNs }] : []));

const nameOf = ({ candidate, peer, op, case: c }: Pick<Result, 'candidate' | 'peer' | 'op' | 'case'>) =>
  peer ? `${op} by ${candidate} ${c}` : `${candidate} ${c}`;

function metric({ value, low, high }: Interval): Metric {
  return low === null || high === null ? { value } : { value, lower_value: low, upper_value: high };
}

/** Bencher Metric Format: `latency` in nanoseconds is a measure that every project has; `speedup` is made by the first report. */
export function bmf(record: Record): { [benchmark: string]: { [measure: string]: Metric } } {
  const cases = timed(record).map((r) => [nameOf(r), { latency: { value: r.timeNs }, speedup: metric(r.speedup) }]);
  const means = record.means.flatMap(({ candidate, arithmetic }) =>
    arithmetic ? [[`${candidate} mean`, { speedup: metric(arithmetic) }]] : [],
  );
  return Object.fromEntries([...means, ...cases]);
}

interface Entry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra?: string;
}

/** customBiggerIsBetter: speedups, the means first. */
export function gha(record: Record): Entry[] {
  const extra = `${record.machine.cpu}, Node ${record.runtime.node}, record ${record.id}`;
  const entry = (name: string, { value, low, high }: Interval) => ({
    name,
    unit: 'x',
    value,
    ...(low === null || high === null ? {} : { range: `± ${((high - low) / 2).toPrecision(3)}` }),
    extra,
  });
  const means = [...record.means]
    .sort(byMean)
    .flatMap(({ candidate, arithmetic }) => (arithmetic ? [entry(`${candidate} mean speedup`, arithmetic)] : []));
  return [...means, ...timed(record).map((r) => entry(`${nameOf(r)} speedup`, r.speedup))];
}

/** customSmallerIsBetter: times of a call. */
export function ghaTimes(record: Record): Entry[] {
  return timed(record).map((r) => ({
    name: nameOf(r),
    unit: 'ns',
    value: r.timeNs,
    extra: `${counted(r.threads, 'thread')}, flags ${shortFlags(r.flags)}, record ${record.id}`,
  }));
}
