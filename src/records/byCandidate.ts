/** Finds the description, mean and results of a candidate or peer in a record; those at unseen shapes are left out, as in the mean. */
import type { Summary } from './schema.ts';

const keyOf = (row: { readonly op: string | null; readonly candidate: string }) => `${row.op} ${row.candidate}`;

/** The mean is that of the first suite that has the candidate; only in old records may several have it. */
export function byCandidate({ candidates, results, means }: Summary) {
  const described = Map.groupBy(candidates, keyOf);
  const known = results.filter(({ unseen }) => !unseen);
  const timed = Map.groupBy(known, keyOf);
  const averaged = Map.groupBy(means, keyOf);
  return (row: Parameters<typeof keyOf>[0]) => {
    const key = keyOf(row);
    return { candidate: described.get(key)?.[0], results: timed.get(key) ?? [], mean: averaged.get(key)?.[0] };
  };
}
