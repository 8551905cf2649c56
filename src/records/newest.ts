/** What the newest records of this folder say of candidates: verdict, mean, and the hash of the source that was measured. */
import { byCandidate } from './byCandidate.ts';
import type { Mean, Summary } from './schema.ts';
import { loadSummary, newestFirst } from './store.ts';

export interface NewestResult {
  readonly record: string;
  readonly hash: string | null;
  readonly verdict: Summary['candidates'][number]['verdict'];
  readonly mean: Mean | null;
}

/** Records that are read: enough for a run of each suite and some attempts, and few enough to wait for. */
const depth = 12;

/** By candidate. `tell` gets a sentence about each file that is no record. */
export function newestResults(tell: (sentence: string) => void): ReadonlyMap<string, NewestResult> {
  const found = new Map<string, NewestResult>();
  for (const record of newestFirst(loadSummary, tell).take(depth)) {
    const held = byCandidate(record);
    for (const row of record.candidates) {
      const { candidate, peer, verdict, hash } = row;
      if (peer || found.has(candidate)) continue;
      const { mean } = held(row);
      found.set(candidate, { record: record.id, hash, verdict, mean: mean?.arithmetic ? mean : null });
    }
  }
  return found;
}
