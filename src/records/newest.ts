/** What the newest records of this folder say of each candidate. */
import { byCandidate } from './byCandidate.ts';
import type { Mean, Summary } from './schema.ts';
import { loadSummary, newestFirst } from './store.ts';

export interface NewestResult extends Pick<Summary['candidates'][number], 'hash' | 'verdict'> {
  readonly record: string;
  readonly mean: Mean | null;
}

/** The number of records that are read: enough for a run of each suite and some attempts, and read in a moment. */
const depth = 12;

/** By candidate. The hash is that of the source that was measured. `tell` gets a sentence about each file that is no record. */
export function newestResults(tell: (sentence: string) => void): ReadonlyMap<string, NewestResult> {
  const newest = [...newestFirst(loadSummary, tell).take(depth)].reverse();
  const found = newest.flatMap((record) => {
    const held = byCandidate(record);
    return record.candidates
      .filter(({ peer }) => !peer)
      .map((row) => [row.candidate, { ...row, record: record.id, mean: held(row).mean ?? null }] as const);
  });
  return new Map(found);
}
