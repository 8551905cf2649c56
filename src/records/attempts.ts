/**
 * An attempt is a candidate in a record: one that was built and judged, whether it passed, failed or did not build, and whether all of its
 * cases were timed, some (`--case`) or none. It is counted among the records of one folder, so a record that is given by its file counts
 * nowhere else; `verify`, `watch` and `tune` make no record. What was never judged is no attempt: a peer, a file that belongs to no op, a
 * candidate that needs what the machine lacks, and one whose run was stopped before its verdict.
 */
import type { Summary } from './schema.ts';

type Row = Pick<Summary['candidates'][number], 'op' | 'peer' | 'verdict' | 'error'>;

export const isAttempt = ({ op, peer, verdict, error }: Row): boolean =>
  op !== null && !peer && verdict !== 'unsupported' && error?.code !== 'interrupted';

/** The attempts in these records, by candidate. */
export function attemptsIn(records: readonly Pick<Summary, 'candidates'>[]): ReadonlyMap<string, number> {
  const all = records.flatMap(({ candidates }) => candidates.filter(isAttempt));
  return new Map([...Map.groupBy(all, ({ candidate }) => candidate)].map(([id, { length }]) => [id, length]));
}
