/** What the newest records of this folder say of candidates: their verdict and mean, if the source is still the one that was measured. */
import type { Mean, Summary } from './schema.ts';
import { loadSummary, newestFirst } from './store.ts';

export interface Standing {
  readonly record: string;
  readonly hash: string | null;
  readonly verdict: Summary['candidates'][number]['verdict'];
  readonly mean: Mean | null;
}

/** How many records are read: enough for a run of each suite and some attempts, and few enough to wait for. */
const depth = 12;

/** By candidate. `tell` gets a sentence about each file that is no record. */
export function standings(tell: (sentence: string) => void): ReadonlyMap<string, Standing> {
  const found = new Map<string, Standing>();
  for (const record of newestFirst(loadSummary, tell).take(depth)) {
    for (const { candidate, peer, verdict, hash } of record.candidates) {
      if (peer || found.has(candidate)) continue;
      const mean = record.means.find((m) => m.candidate === candidate && m.arithmetic !== null) ?? null;
      found.set(candidate, { record: record.id, hash, verdict, mean });
    }
  }
  return found;
}
