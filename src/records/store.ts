/**
 * Records on disk: one JSON file a run in .nfold/records, written whole or not at all, and never rewritten. The bulk of a file, samples and
 * source texts, comes last, so that a list of many records parses only what is before it.
 */
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { visible } from '../contract/foreign.ts';
import { absent, contentOf, namesIn } from '../files/given.ts';
import { shown, workspace } from '../files/places.ts';
import { writeNew } from '../files/write.ts';
import { attemptsIn, isAttempt } from './attempts.ts';
import { type Draft, Record, Summary } from './schema.ts';
import { upgrade } from './upgrade.ts';

export interface Saved {
  readonly record: Record;
  /** Null if no folder takes it. */
  readonly file: string | null;
  /** Whether it is not where records belong. */
  readonly displaced?: boolean;
}

/** Saves the draft under a new id, each candidate with the number of this attempt. Throws Unwritten. */
export function saveRecord(draft: Draft, folder = workspace().records): Saved & { readonly file: string } {
  const before = recordsIn(folder);
  for (;;) {
    const record = recordOf(draft, before);
    const file = join(folder, `${record.id}.json`);
    if (writeNew(file, textOf(record))) return { record, file };
  }
}

/** The records in the folder of a new one: the attempts of each candidate, and the name of the newest file. */
interface Before {
  readonly attempts: ReadonlyMap<string, number>;
  readonly last: string;
}

const nothing: Before = { attempts: new Map(), last: '' };

/** The record that saving the draft would make. */
export function recordOf({ schema, ...rest }: Draft, { attempts, last }: Before = nothing): Record {
  const candidates = rest.candidates.map((c) => {
    return { ...c, attempt: isAttempt(c) ? (attempts.get(c.candidate) ?? 0) + 1 : null };
  });
  return { schema, id: newId(rest.createdAt, last), ...rest, candidates };
}

/** A folder that cannot be read counts as empty, so that a new record is not lost. */
const recordsIn = (folder: string) =>
  attempt((): Before => {
    const last = basename(recordFiles(folder).at(-1) ?? '');
    return { attempts: attemptsIn(summaries(folder).summaries), last };
  }, nothing);

/** Names of nfold's own files: the time, and random digits for runs of the same second, `20261123-101502-3f9c`. */
const id = /^(\d{8})-(\d{6})-[0-9a-f]{4}\.json$/;

/** Later than `last`, so that the newest record sorts last even if the clock was set back. */
function newId(createdAt: string, last: string): string {
  const [, date = '', time = ''] = id.exec(last) ?? [];
  // The limit keeps the digits of a name that a user made, such as one of the year 9999.
  const after = Math.min(Number(date + time) + 1, 1e14 - 1);
  const next = `${Math.max(Number(createdAt.slice(0, 19).replace(/\D/g, '')), after)}`;
  return `${next.slice(0, 8)}-${next.slice(8)}-${randomBytes(2).toString('hex')}`;
}

const bulk = '\n"samples": ';

function textOf({ samples, texts, ...summary }: Record): string {
  const head = JSON.stringify(summary, null, 1).slice(0, -'\n}'.length);
  // What hides is escaped, so that the file can be read on a terminal.
  return visible(`${head},${bulk}${JSON.stringify(samples)},\n"texts": ${JSON.stringify(texts)}\n}\n`);
}

/** Files that may be records, oldest first, before them those with names that nfold does not give. Throws NfoldError for a wrong folder. */
export function recordFiles(folder = workspace().records): string[] {
  const names = namesIn(folder);
  if (names === absent) return [];
  if (typeof names === 'string')
    throw new NfoldError(`The folder of records ${shown(folder)} ${names}.`, 'no-file', { file: shown(folder) });
  return names
    .filter((name) => /^[^.].*\.json$/s.test(name))
    .sort((a, b) => Number(id.test(a)) - Number(id.test(b)) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}

/** Loads records by `load`, newest first. A file that is no record is passed over, and `tell` gets a sentence about it. */
export function* newestFirst<T>(
  load: (file: string) => T,
  tell: (sentence: string) => void,
  folder = workspace().records,
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
  for (const file of allOf(() => recordFiles(folder)).toReversed()) yield* allOf(() => [load(file)]);
}

/** Oldest first, and a sentence for each file that is no record. */
export function summaries(folder = workspace().records) {
  const damaged: string[] = [];
  const found = [...newestFirst(loadSummary, (sentence) => damaged.push(sentence), folder)];
  return { summaries: found.reverse(), damaged: damaged.reverse() };
}

/** Far more than a record takes. */
const maxBytes = 2 ** 26;

/** Throws NfoldError, which names the file, if it is no record or damaged. */
export const loadRecord = (file: string): Record => parsed(Record, textIn(file), file);

/** Without the bulk, which is not even parsed in a file that nfold wrote. Throws as `loadRecord` does. */
export function loadSummary(file: string): Summary {
  const text = textIn(file);
  const end = text.endsWith('\n}\n') ? text.indexOf(`,${bulk}`) : -1;
  return parsed(Summary, end < 0 ? text : `${text.slice(0, end)}}`, file);
}

function textIn(file: string): string {
  const content = contentOf(file, maxBytes);
  if (typeof content !== 'string') return content.toString();
  throw new NfoldError(`The record ${shown(file)} ${content}.`, 'no-file', { file: shown(file) });
}

function parsed<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new NfoldError(
      `${shown(file)} is not a record: ${text === '' ? 'it is empty' : messageOf(error)}.`,
      'bad-file',
      { file: shown(file) },
    );
  }
  const result = schema.safeParse(upgrade(data));
  if (result.success) return result.data;
  const why = z.prettifyError({ issues: result.error.issues.slice(0, 1) }).replace('\n', ' ');
  throw new NfoldError(`${shown(file)} is not a record of this version: ${why}.`, 'bad-file', { file: shown(file) });
}
