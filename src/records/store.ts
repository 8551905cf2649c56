/** Records on disk: one JSON file a run in .nfold/records, written whole or not at all, and never rewritten. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { shown } from '../catalog/candidates.ts';
import { recordsFolder } from '../catalog/places.ts';
import { exit, messageOf, NfoldError } from '../contract/errors.ts';
import { Record } from './schema.ts';

/** Returns the path. */
export function saveRecord(record: Record): string {
  try {
    mkdirSync(recordsFolder, { recursive: true });
    const file = join(recordsFolder, `${record.id}.json`);
    const half = join(recordsFolder, `.${record.id}.${process.pid}`);
    writeFileSync(half, `${JSON.stringify(record, null, 1)}\n`);
    // A link, unlike a rename, fails where the name is taken.
    linkSync(half, file);
    unlinkSync(half);
    return file;
  } catch (error) {
    throw new NfoldError(`The record could not be saved in ${shown(recordsFolder)}: ${messageOf(error)}`);
  }
}

/** Oldest first. */
export function recordIds(): string[] {
  if (!existsSync(recordsFolder)) return [];
  return readdirSync(recordsFolder)
    .filter((name) => /^[^.].*\.json$/.test(name))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** `last`, `last~1`, an id or the start of one, or a file. */
export function findRecord(reference: string): string {
  const ids = recordIds();
  const back = /^last(?:~(\d+))?$/.exec(reference);
  if (back) {
    const id = ids.at(-1 - Number(back[1] ?? 0));
    if (id) return join(recordsFolder, `${id}.json`);
    const have = ids.length === 0 ? 'There is no record here yet' : `There are only ${ids.length} records here`;
    throw new NfoldError(`${have}: 'nfold bench' makes one (in ${shown(recordsFolder)}).`, exit.nothing);
  }
  const matching = ids.filter((id) => id.startsWith(reference));
  if (matching.length === 1) return join(recordsFolder, `${matching[0]}.json`);
  if (matching.length > 1)
    throw new NfoldError(`'${reference}' begins ${matching.length} records: ${matching.join(', ')}.`);
  if (existsSync(reference) && statSync(reference).isFile()) return reference;
  throw new NfoldError(
    `No record and no file is called '${reference}': give 'last', an id from ${shown(recordsFolder)}, or a file.`,
  );
}

export function loadRecord(file: string): Record {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new NfoldError(`${shown(file)} is not a record: ${messageOf(error)}`);
  }
  const result = Record.safeParse(data);
  if (result.success) return result.data;
  throw new NfoldError(
    `${shown(file)} is not a record of this version: ${z.prettifyError(result.error).split('\n').slice(0, 2).join(' ')}`,
  );
}
