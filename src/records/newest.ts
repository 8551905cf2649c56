/** What the newest records of this folder say of candidates: their verdict and mean, if the source is still the one that was measured. */
import { NfoldError } from '../contract/errors.ts';
import type { Mean, Record } from './schema.ts';
import { findRecord, loadRecord, recordIds } from './store.ts';

export interface Standing {
  readonly record: string;
  readonly hash: string | null;
  readonly verdict: Record['candidates'][number]['verdict'];
  readonly mean: Mean | null;
}

/** How many records are read: enough for a run of each suite and some attempts, and few enough to wait for. */
const depth = 12;

/** By candidate. Damaged records are passed over here; `nfold show` says what is wrong with one. */
export function standings(): ReadonlyMap<string, Standing> {
  const found = new Map<string, Standing>();
  for (const id of recordIds().slice(-depth).reverse()) {
    let record: Record;
    try {
      record = loadRecord(findRecord(id));
    } catch (error) {
      if (error instanceof NfoldError) continue;
      throw error;
    }
    for (const { candidate, peer, verdict } of record.candidates) {
      if (peer || found.has(candidate)) continue;
      const hash = record.results.find((r) => r.candidate === candidate)?.hash ?? null;
      const mean = record.means.find((m) => m.candidate === candidate && m.arithmetic !== null) ?? null;
      found.set(candidate, { record: id, hash, verdict, mean });
    }
  }
  return found;
}
