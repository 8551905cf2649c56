/** bench --against: an earlier source of the one candidate that is selected, timed in the same rounds. */
import { build } from '../build/build.ts';
import { type Snapshot, withSnapshots } from '../build/snapshot.ts';
import { type CandidateFile, scan } from '../catalog/candidates.ts';
import { loadOp } from '../catalog/ops.ts';
import { select } from '../catalog/select.ts';
import { brief, CandidateError, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { kernelAt } from '../files/git.ts';
import { findRecord } from '../records/find.ts';
import type { Record } from '../records/schema.ts';
import { snapshotOf } from '../records/snapshot.ts';
import { loadRecord } from '../records/store.ts';
import type { Io } from '../report/output.ts';

/** Runs `work` on the earlier source and the present one. `reference`: a record or a git revision. Throws NfoldError if they are the same. */
export async function withEarlier<T>(
  selectors: readonly string[],
  reference: string,
  io: Io,
  work: (candidates: readonly CandidateFile[]) => Promise<T>,
): Promise<T> {
  const candidate = only(selectors);
  const { snapshot, words } = await earlier(candidate, reference);
  return withSnapshots([snapshot], async ([before]) => {
    const [then, now] = [await hashIn(before), await hashIn(candidate)];
    if (then !== null && then === now)
      throw new NfoldError(`${candidate.id} is the same program in ${words} as now: there is nothing to compare.`);
    io.note(`${before.id}: the source of ${candidate.id} in ${words}`);
    return work([before, candidate]);
  });
}

function only(selectors: readonly string[]): CandidateFile {
  const { candidates } = select(selectors, scan());
  if (candidates.length === 1) return candidates[0];
  const what = selectors.length > 0 ? brief(selectors.join(' ')) : 'no selector';
  throw new NfoldError(
    `--against takes one candidate, such as 'nfold bench sgemm/mine-ts --against HEAD~1': ${what} selects ${counted(candidates.length, 'candidate')}.`,
    'ambiguous-name',
  );
}

/** Null if it does not build: the run says why. */
const hashIn = (candidate: CandidateFile): Promise<string | null> =>
  build(candidate).then(
    ({ hash }) => hash,
    (error) => {
      if (error instanceof CandidateError) return null;
      throw error;
    },
  );

/** A record goes before a revision of the same name. */
async function earlier(candidate: CandidateFile, reference: string) {
  const record = recordOf(reference);
  if (!(record instanceof NfoldError)) {
    return { snapshot: await inRecord(candidate, record), words: `record ${record.id}` };
  }
  if (/^last(~\d+)?$|\.json$/.test(reference)) throw record;
  const found = await kernelAt(candidate.file, reference).catch((error: unknown) => {
    // Of a file that the revision lacks, the revision is known.
    if (!(error instanceof NfoldError) || error.details.file) throw error;
    throw new NfoldError(`There is no record '${reference}'. ${error.message}`, 'no-file', error.details);
  });
  if (!found)
    throw new NfoldError(`There is neither a record nor a git revision called '${reference}'.`, 'usage', {
      code: 'unknown-name',
    });
  const { commit: origin, files } = found;
  const { id } = candidate;
  return { snapshot: { id, origin, files, tunedAs: id } satisfies Snapshot, words: `revision ${origin}` };
}

/** The error of a name that no record has; others are thrown. */
function recordOf(reference: string): Record | NfoldError {
  try {
    return loadRecord(findRecord(reference));
  } catch (error) {
    if (error instanceof NfoldError && ['unknown-name', 'nothing-to-run'].includes(error.details.code ?? ''))
      return error;
    throw error;
  }
}

async function inRecord({ id, op }: CandidateFile, record: Record): Promise<Snapshot> {
  const row = record.candidates.find(({ candidate, peer }) => candidate === id && !peer);
  if (!row)
    throw new NfoldError(
      `Record ${record.id} does not hold ${id}: 'nfold show ${record.id}' shows what it holds.`,
      'usage',
      { code: 'unknown-name' },
    );
  const snapshot = snapshotOf(record, row, await loadOp(op));
  if (snapshot) return snapshot;
  throw new NfoldError(`Record ${record.id} does not hold the source of ${id}.`);
}
