/**
 * A record in the formats of services that watch benchmarks. What was not measured is left out, since these formats have no null, and so
 * are unseen shapes, which are others in each run.
 *
 * Source   bencher.dev/docs/reference/bencher-metric-format (BMF JSON, adapter `json`);
 *          github.com/benchmark-action/github-action-benchmark (tools customBiggerIsBetter and customSmallerIsBetter).
 */
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';
import { shortFlags } from './format.ts';

/** The results that were timed, each under the name that a service shows. */
const timed = ({ results }: Record) =>
  results.flatMap(({ op, candidate, peer, case: c, speedup, timeNs, unseen, ...rest }) => {
    const name = peer ? `${op} by ${candidate} ${c}` : `${candidate} ${c}`;
    return speedup && timeNs !== null && !unseen ? [{ ...rest, name, speedup, timeNs }] : [];
  });

const averaged = ({ means }: Record) =>
  [...means]
    .sort(byMean)
    .flatMap(({ candidate, arithmetic }) => (arithmetic ? [{ name: `${candidate} mean`, speedup: arithmetic }] : []));

type Speedup = ReturnType<typeof averaged>[number];

/** Bencher Metric Format: `latency` in nanoseconds is a measure that every project has; the first report makes `speedup`. */
export function bmf(record: Record) {
  const metric = ({ speedup: { value, low, high } }: Speedup) =>
    low === null || high === null ? { value } : { value, lower_value: low, upper_value: high };
  return Object.fromEntries([
    ...averaged(record).map((mean) => [mean.name, { speedup: metric(mean) }]),
    ...timed(record).map((one) => [one.name, { latency: { value: one.timeNs }, speedup: metric(one) }]),
  ]);
}

/** customBiggerIsBetter: speedups, the means first. */
export function gha(record: Record) {
  const extra = `${record.machine.cpu}, Node ${record.runtime.node}, record ${record.id}`;
  return [...averaged(record), ...timed(record)].map(({ name, speedup: { value, low, high } }: Speedup) => {
    const range = low === null || high === null ? {} : { range: `± ${((high - low) / 2).toPrecision(3)}` };
    return { name: `${name} speedup`, unit: 'x', value, ...range, extra };
  });
}

/** customSmallerIsBetter: times of a call. */
export function ghaTimes(record: Record) {
  return timed(record).map(({ name, timeNs, threads, flags }) => {
    const extra = `${counted(threads, 'thread')}, flags ${shortFlags(flags)}, record ${record.id}`;
    return { name, unit: 'ns', value: timeNs, extra };
  });
}
