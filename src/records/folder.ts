/**
 * What runs leave in .nfold: one JSON file each, written whole or not at all, and never rewritten nor removed by nfold. Such a file may come
 * from anywhere: it is read by a schema with limits.
 */
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { visible } from '../contract/foreign.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { absent, contentOf, namesIn } from '../files/given.ts';
import { shown, workspace } from '../files/places.ts';
import { Unwritten, writeNew } from '../files/write.ts';

export type What = 'record' | 'profile' | 'score' | 'training';

export const folderOf = (what: What): string => join(workspace().state, `${what}s`);

/** Writes what `make` gives for a new id, in the words of `textOf`. Throws Unwritten. */
export function putNew<T>(folder: string, createdAt: string, make: (id: string) => T, textOf: (value: T) => string) {
  // A folder that cannot be read counts as empty, so that nothing new is lost.
  const last = attempt(() => basename(filesIn(folder).at(-1) ?? ''), '');
  for (;;) {
    const id = newId(createdAt, last);
    const value = make(id);
    const file = join(folder, `${id}.json`);
    // What hides is escaped, so that the file can be read on a terminal.
    if (writeNew(file, visible(textOf(value)))) return { value, file };
  }
}

/** What `save` returns for the folder of its kind, or else for another one, marked as displaced; null if none takes it. It warns of either. */
export function saveSomewhere<T extends { readonly file: string }>(
  what: What,
  save: (folder: string) => T,
  warn: (sentence: string) => void,
): (T & { readonly displaced?: boolean }) | null {
  try {
    return save(folderOf(what));
  } catch (error) {
    if (!(error instanceof Unwritten)) throw error;
    const saved = elsewhere(`${what}s`, save);
    const instead = saved ? `the ${what} is in ${saved.file} instead` : `no other folder takes the ${what} either`;
    warn(`${error.clause}; ${instead}.`);
    return saved && { ...saved, displaced: true };
  }
}

/** Names of nfold's own files: the time, and random digits for runs of the same second, `20261123-101502-3f9c`. */
const ownName = /^(\d{8})-(\d{6})-[0-9a-f]{4}\.json$/;

/** Later than `last`, so that the newest file sorts last even if the clock was set back. */
export function newId(createdAt: string, last = ''): string {
  const [, date = '', time = ''] = ownName.exec(last) ?? [];
  // The limit keeps the digits of a name that a user made, such as one of the year 9999.
  const after = Math.min(Number(date + time) + 1, 1e14 - 1);
  const next = `${Math.max(Number(createdAt.slice(0, 19).replace(/\D/g, '')), after)}`;
  return `${next.slice(0, 8)}-${next.slice(8)}-${randomBytes(2).toString('hex')}`;
}

/** Files that may be results, oldest first, before them those with names that nfold does not give. Throws NfoldError for a wrong folder. */
export function filesIn(folder: string): string[] {
  const names = namesIn(folder);
  if (names === absent) return [];
  if (typeof names === 'string')
    throw new NfoldError(`The folder ${shown(folder)} ${names}.`, 'no-file', { file: shown(folder) });
  return names
    .filter((name) => /^[^.].*\.json$/s.test(name))
    .sort((a, b) => Number(ownName.test(a)) - Number(ownName.test(b)) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}

/** Loads files by `load`, newest first. One that `load` refuses is passed over, and `tell` gets a sentence about it. */
export function* newestFirst<T>(
  load: (file: string) => T,
  tell: (sentence: string) => void,
  folder = folderOf('record'),
): Generator<T> {
  const allOf = <U>(found: () => readonly U[]): readonly U[] => {
    try {
      return found();
    } catch (error) {
      if (!(error instanceof NfoldError)) throw error;
      tell(`${error.message} It is passed over.`);
      return [];
    }
  };
  for (const file of allOf(() => filesIn(folder)).toReversed()) yield* allOf(() => [load(file)]);
}

/** Far more than a record takes. */
const maxBytes = 2 ** 26;

/** Throws NfoldError. */
export function textIn(file: string, what: What): string {
  const content = contentOf(file, maxBytes);
  if (typeof content !== 'string') return content.toString();
  throw new NfoldError(`The ${what} ${shown(file)} ${content}.`, 'no-file', { file: shown(file) });
}

/** Throws NfoldError, which names the file, if the text does not fit the schema. `upgrade` makes this version's data of an older one's. */
export function parsed<T>(
  schema: z.ZodType<T>,
  text: string,
  file: string,
  what: What,
  upgrade = (data: unknown) => data,
): T {
  const refused = (sentence: string) => new NfoldError(sentence, 'bad-file', { file: shown(file) });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw refused(`${shown(file)} is not a ${what}: ${text === '' ? 'it is empty' : messageOf(error)}.`);
  }
  const result = schema.safeParse(upgrade(data));
  if (result.success) return result.data;
  const why = z.prettifyError({ issues: result.error.issues.slice(0, 1) }).replace('\n', ' ');
  throw refused(`${shown(file)} is not a ${what} of this version: ${why}.`);
}
