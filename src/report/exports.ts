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

const timed = ({ results }: Record) =>
  results.flatMap(({ speedup, timeNs, ...r }) =>
    speedup && timeNs !== null ? [{ ...r, speedup, timeNs, name: nameOf(r) }] : [],
  );

const meansOf = ({ means }: Record) =>
  [...means].sort(byMean).flatMap(({ candidate, arithmetic }) => (arithmetic ? [{ candidate, arithmetic }] : []));

const nameOf = ({ candidate, peer, op, case: c }: Pick<Result, 'candidate' | 'peer' | 'op' | 'case'>) =>
  peer ? `${op} by ${candidate} ${c}` : `${candidate} ${c}`;

function metric({ value, low, high }: Interval) {
  return low === null || high === null ? { value } : { value, lower_value: low, upper_value: high };
}

/** Bencher Metric Format: `latency` in nanoseconds is a measure that every project has; `speedup` is made by the first report. */
export function bmf(record: Record) {
  return Object.fromEntries([
    ...meansOf(record).map(({ candidate, arithmetic }) => [`${candidate} mean`, { speedup: metric(arithmetic) }]),
    ...timed(record).map(({ name, timeNs, speedup }) => [
      name,
      { latency: { value: timeNs }, speedup: metric(speedup) },
    ]),
  ]);
}

/** customBiggerIsBetter: speedups, the means first. */
export function gha(record: Record) {
  const extra = `${record.machine.cpu}, Node ${record.runtime.node}, record ${record.id}`;
  const entry = (what: string, { value, low, high }: Interval) => {
    const range = low === null || high === null ? {} : { range: `± ${((high - low) / 2).toPrecision(3)}` };
    return { name: `${what} speedup`, unit: 'x', value, ...range, extra };
  };
  return [
    ...meansOf(record).map(({ candidate, arithmetic }) => entry(`${candidate} mean`, arithmetic)),
    ...timed(record).map(({ name, speedup }) => entry(name, speedup)),
  ];
}

/** customSmallerIsBetter: times of a call. */
export function ghaTimes(record: Record) {
  return timed(record).map(({ name, timeNs, threads, flags }) => {
    const extra = `${counted(threads, 'thread')}, flags ${shortFlags(flags)}, record ${record.id}`;
    return { name, unit: 'ns', value: timeNs, extra };
  });
}
