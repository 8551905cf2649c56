/** What a record holds of a candidate or peer of an op, in place of a search for each. */
import type { Summary } from './schema.ts';

const keyOf = (row: { readonly op: string | null; readonly candidate: string }) => `${row.op} ${row.candidate}`;

/** A mean is of the first suite that has the candidate: an op is of one suite, but for old records. */
export function byCandidate({ candidates, results, means }: Summary) {
  const [described, timed, averaged] = [
    Map.groupBy(candidates, keyOf),
    Map.groupBy(results, keyOf),
    Map.groupBy(means, keyOf),
  ];
  return (row: Parameters<typeof keyOf>[0]) => {
    const key = keyOf(row);
    return { candidate: described.get(key)?.[0], results: timed.get(key) ?? [], mean: averaged.get(key)?.[0] };
  };
}
