/** Profiles and trainings, kept like records: what all of them hold, and how they are saved and found. */
import type { z } from 'zod';
import { flag } from '../contract/fields.ts';
import type { Machine } from '../machine/describe.ts';
import { text } from './fields.ts';
import { folderOf, newestFirst, parsed, putNew, saveSomewhere, textIn, type What } from './folder.ts';
import { Summary } from './schema.ts';

const { createdAt, machine, runtime } = Summary.shape;

export const origin = {
  id: text('Unique id: date, time (UTC) and four random digits.'),
  ...{ createdAt, machine, runtime },
  interrupted: flag('Whether the run was stopped before its end.'),
};

interface Draft<S extends string> {
  readonly schema: S;
  readonly createdAt: string;
}

/** Saves it under a new id. Returns its file, or null after a warning if it is not where it belongs. */
export function keep<S extends string>(
  what: What,
  { schema, ...draft }: Draft<S>,
  warn: (sentence: string) => void,
): string | null {
  const save = (folder: string) =>
    putNew(
      folder,
      draft.createdAt,
      (id) => ({ schema, id, ...draft }),
      (value) => `${JSON.stringify(value)}\n`,
    );
  const saved = saveSomewhere(what, save, warn);
  return saved && !saved.displaced ? saved.file : null;
}

/** Throws NfoldError, which names the file. */
export const loadKept = <T>(what: What, schema: z.ZodType<T>, file: string): T =>
  parsed(schema, textIn(file, what), file, what);

/** The newest first. A file that is damaged or of another version is passed over, and `tell` gets a sentence about it. */
export const keptOf = <T>(what: What, schema: z.ZodType<T>, tell: (sentence: string) => void): Generator<T> =>
  newestFirst((file) => loadKept(what, schema, file), tell, folderOf(what));

/** Machines of one class; where that is unknown, those with as many cores of the same name. */
export function isSameClass(a: Machine, b: Machine): boolean {
  return a.class === b.class && (a.class !== null || (a.cpu === b.cpu && a.cores === b.cores));
}
