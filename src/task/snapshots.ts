/** An attempt as candidates that can be run, which nothing of its folder reaches. */
import type { Snapshot } from '../build/snapshot.ts';
import { NfoldError } from '../contract/errors.ts';

/** The source of an attempt, as a folder or a job holds it. */
interface Source {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** One for each op, with all of kernels/common: `sgemm/attempt@<label>`. A generator has its own parameters, and no tuned ones. */
export const snapshotsOf = (files: readonly Source[], ops: readonly string[], label: string): Snapshot[] =>
  ops.map((op) => {
    const own = files.find(({ path }) => path.startsWith(`kernels/${op}/`));
    if (!own) throw new NfoldError(`The attempt has no source of ${op}.`, 'bad-file');
    const common = files.filter(({ path }) => path.startsWith('kernels/common/'));
    return { id: `${op}/attempt`, origin: originOf(label), files: [own, ...common], parameters: () => null };
  });

/** A label as the part of a candidate's id that a shell takes as it is. */
export const originOf = (label: string): string =>
  label
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 60) || 'attempt';
