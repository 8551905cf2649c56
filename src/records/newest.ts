/** The newest result of each candidate in this folder's records. */
import { byCandidate } from './byCandidate.ts';
import { newestFirst } from './folder.ts';
import { loadSummary } from './store.ts';

/** The number of records that are read: enough for a run of each suite and some attempts, and read in a moment. */
const depth = 12;

/** By candidate. The hash is that of the source that was measured. `tell` gets a sentence about each file that is no record. */
export function newestResults(tell: (sentence: string) => void) {
  const newest = [...newestFirst(loadSummary, tell).take(depth)].reverse();
  const found = newest.flatMap((record) => {
    const held = byCandidate(record);
    return record.candidates
      .filter(({ peer }) => !peer)
      .map((row) => [row.candidate, { ...row, record: record.id, mean: held(row).mean }] as const);
  });
  return new Map(found);
}
