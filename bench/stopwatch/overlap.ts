/** Whether the intervals of two records of the same candidates overlap. */
import { median } from 'simple-statistics';
import { findRecord } from '../../src/records/find.ts';
import { loadRecord } from '../../src/records/store.ts';
import type { Interval } from '../../src/stats/interval.ts';

export function overlap(references: readonly string[]): void {
  const [a, b] = references.map((reference) => loadRecord(findRecord(reference)));
  const meet = (one: Interval, other: Interval) =>
    one.low !== null &&
    one.high !== null &&
    other.low !== null &&
    other.high !== null &&
    one.low <= other.high &&
    other.low <= one.high;
  const both = a.results.flatMap((one) => {
    const other = b.results.find((r) => r.candidate === one.candidate && r.case === one.case && r.hash === one.hash);
    return one.speedup && other?.speedup ? [{ one, first: one.speedup, second: other.speedup }] : [];
  });
  const apart = both.filter(({ first, second }) => !meet(first, second));
  const moved = both.map(({ first, second }) => Math.abs(Math.log(second.value / first.value)));
  console.log(`${a.id} and ${b.id}, ${a.effort} and ${b.effort}: ${both.length} speedups are in both.`);
  console.log(
    `The intervals of ${both.length - apart.length} overlap; the median change of a speedup is ${(100 * median(moved)).toFixed(1)} %.`,
  );
  for (const { one, first, second } of apart) {
    const text = ({ value, low, high }: Interval) => `${value.toFixed(2)} [${low?.toFixed(2)}, ${high?.toFixed(2)}]`;
    console.log(`  apart: ${one.candidate} at ${one.case}: ${text(first)} and ${text(second)}`);
  }
}
