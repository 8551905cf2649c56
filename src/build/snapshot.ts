/**
 * A candidate's source from elsewhere, an earlier revision or a record: it is written to a private temporary folder, from which it is built
 * and run like any other. The folder goes when the work is done, and with the process however that ends.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CandidateFile, identify } from '../catalog/candidates.ts';
import { opNames } from '../catalog/ops.ts';
import { privateFolder } from '../cell/folder.ts';
import { NfoldError } from '../contract/errors.ts';
import { snapshotId } from '../contract/variant.ts';
import { showAs } from '../files/places.ts';
import { writeNew } from '../files/write.ts';

export interface Snapshot extends Pick<CandidateFile, 'tunedAs' | 'parameters'> {
  /** The candidate that it is the source of. */
  readonly id: string;
  /** Where it comes from, in a word: a commit, the id of a record. */
  readonly origin: string;
  /** Its own file first, then those that it may import. */
  readonly files: readonly SnapshotFile[];
}

export interface SnapshotFile {
  /** `kernels/sgemm/mine.ts`, `kernels/common/gemm.ts` */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** More than the sources of all kernels take. */
const maxBytes = 2 ** 26;

/** Runs `work` on the candidates that the snapshots make, called `sgemm/mine@1a2b3c4`. Throws NfoldError for one that is no candidate. */
export async function withSnapshots<T>(
  snapshots: readonly Snapshot[],
  work: (candidates: readonly CandidateFile[]) => Promise<T>,
): Promise<T> {
  const sizes = snapshots.flatMap(({ files }) => files.map(({ content }) => content.length));
  if (sizes.reduce((sum, size) => sum + size, 0) > maxBytes)
    throw new NfoldError(`The sources have more than ${maxBytes} bytes together, which no kernels take.`, 'bad-file');
  const twice = snapshots.find(({ id }, i) => snapshots.findIndex((one) => one.id === id) < i);
  if (twice) throw new NfoldError(`${twice.origin} has two sources of ${twice.id}.`, 'bad-file');
  const folder = privateFolder();
  const ends = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const candidates = snapshots.map((snapshot, i) => {
      const root = join(folder, `${i}`);
      ends.push(showAs(root, snapshot.origin));
      return written(root, snapshot);
    });
    return await work(candidates);
  } finally {
    for (const end of ends) end();
  }
}

function written(root: string, { id, origin, files, ...generator }: Snapshot): CandidateFile {
  const refused = (why: string) =>
    new NfoldError(`The source of ${id} in ${origin} cannot be used: ${why}.`, 'bad-file');
  const [own] = files;
  for (const { path, content } of files) {
    const why = pathFault(path, own.path);
    if (why !== null) throw refused(`${path} ${why}`);
    if (!writeNew(join(root, path), content)) throw refused(`${path} is there twice`);
  }
  const found = identify(join(root, own.path), opNames());
  if (found === null || 'message' in found) throw refused(found?.message ?? `${own.path} is no candidate`);
  if (id.split('@', 1)[0] !== found.id) throw refused(`${own.path} is the file of ${found.id}`);
  const { selector: _, ...candidate } = found;
  return { ...candidate, ...generator, id: snapshotId(id, origin) };
}

/** Why a file cannot lie at a path from elsewhere, which may lead anywhere; null if it can. */
function pathFault(path: string, own: string): string | null {
  const [folder, place, ...rest] = path.split('/');
  const parts = [folder, place, ...rest];
  if (rest.length === 0 || parts.some((part) => !/^(?!\.)[^\\:\0]+$/.test(part)))
    return 'is no path such as kernels/sgemm/mine.ts';
  if (path === own) return rest.length === 1 ? null : 'is no path such as kernels/sgemm/mine.ts';
  return folder === own.split('/', 1)[0] && place === 'common' ? null : 'does not lie in kernels/common';
}
