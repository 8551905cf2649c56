/**
 * Records on disk: one JSON file a run in .nfold/records, written whole or not at all, and never rewritten. In a file the
 * summary comes first and the bulk, samples and source texts, last, so that a list of many records reads their heads alone.
 */
import { randomBytes } from 'node:crypto';
import { readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { absent, contentOf, namesIn, withFile } from '../files/given.ts';
import { shown, workspace } from '../files/places.ts';
import { writeNew } from '../files/write.ts';
import { type Draft, Record, Summary } from './schema.ts';
import { upgrade } from './upgrade.ts';

export interface Saved {
  readonly record: Record;
  /** Null where no folder takes it. */
  readonly file: string | null;
  /** It does not lie where records belong. */
  readonly displaced?: boolean;
}

/** Gives the draft an id and its candidates the number of this attempt. Throws Unwritten. */
export function saveRecord(draft: Draft, folder = workspace().records): Saved & { readonly file: string } {
  const before = recordsIn(folder);
  for (;;) {
    const record = recordOf(draft, before);
    const file = join(folder, `${record.id}.json`);
    if (writeNew(file, textOf(record))) return { record, file };
  }
}

/** What a record is the next to. */
interface Before {
  readonly counts: ReadonlyMap<string, number>;
  /** The name of the newest file. */
  readonly last: string;
}

const nothing: Before = { counts: new Map(), last: '' };

/** As it would be saved. */
export function recordOf({ schema, ...rest }: Draft, { counts, last }: Before = nothing): Record {
  const candidates = rest.candidates.map((c) => ({ ...c, attempt: (counts.get(c.candidate) ?? 0) + 1 }));
  return { schema, id: newId(rest.createdAt, last), ...rest, candidates };
}

/** Nothing, where the folder cannot be read: what was measured is not lost for that. */
function recordsIn(folder: string): Before {
  try {
    const last = basename(recordFiles(folder).at(-1) ?? '');
    return { counts: attempts(summaries(folder).summaries), last };
  } catch {
    return nothing;
  }
}

/** What nfold calls a record: its time, and what is unique among runs of the same second, `20261123-101502-3f9c`. */
const id = /^(\d{8})-(\d{6})-[0-9a-f]{4}\.json$/;

/** Behind the last one: where the clock was set back, the newest record still comes last. */
function newId(createdAt: string, last: string): string {
  const [, date = '', time = ''] = id.exec(last) ?? [];
  // A file of the year 9999 is nobody's record.
  const behind = Math.min(Number(date + time) + 1, 1e14 - 1);
  const next = `${Math.max(Number(createdAt.slice(0, 19).replace(/\D/g, '')), behind)}`;
  return `${next.slice(0, 8)}-${next.slice(8)}-${randomBytes(2).toString('hex')}`;
}

const bulk = '\n"samples": ';

function textOf({ samples, texts, ...summary }: Record): string {
  const head = JSON.stringify(summary, null, 1).slice(0, -'\n}'.length);
  return `${head},${bulk}${JSON.stringify(samples)},\n"texts": ${JSON.stringify(texts)}\n}\n`;
}

/** How many of these records time each candidate. */
export function attempts(among: readonly Summary[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { candidates } of among)
    for (const { candidate } of candidates) counts.set(candidate, (counts.get(candidate) ?? 0) + 1);
  return counts;
}

/**
 * Files that may be records, oldest first; those that somebody has named count as older than any that nfold did. Throws NfoldError for a
 * folder that is none or cannot be read.
 */
export function recordFiles(folder = workspace().records): string[] {
  const names = namesIn(folder);
  if (typeof names !== 'string')
    return names
      .filter((name) => /^[^.].*\.json$/s.test(name))
      .sort((a, b) => Number(id.test(a)) - Number(id.test(b)) || (a < b ? -1 : 1))
      .map((name) => join(folder, name));
  if (names === absent) return [];
  throw new NfoldError(`The folder of records ${shown(folder)} ${names}.`);
}

/** What is made of each record, newest first. A file that is none is passed over, and `tell` gets a sentence about it. */
export function* newestFirst<T>(
  load: (file: string) => T,
  tell: (sentence: string) => void,
  folder = workspace().records,
): Generator<T> {
  const unless = <U>(odd: U, act: () => U): U => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof NfoldError)) throw error;
      tell(`${error.message} It is passed over.`);
      return odd;
    }
  };
  for (const file of unless([], () => recordFiles(folder)).reverse()) {
    const loaded = unless(null, () => load(file));
    if (loaded !== null) yield loaded;
  }
}

export interface Summaries {
  /** Oldest first. */
  readonly summaries: readonly Summary[];
  /** A sentence for each file that is none. */
  readonly damaged: readonly string[];
}

export function summaries(folder = workspace().records): Summaries {
  const damaged: string[] = [];
  const found = [...newestFirst(loadSummary, (sentence) => damaged.push(sentence), folder)];
  return { summaries: found.reverse(), damaged: damaged.reverse() };
}

/** Far more than a record of ours has, and what fits into a text. */
const maxBytes = 2 ** 28;

/** Throws NfoldError, which names the file, where it is none or damaged. */
export function loadRecord(file: string): Record {
  return parsed(Record, wholeOf(file), file);
}

/** Without the bulk, which is neither parsed nor, in a file that nfold wrote, read. */
export function loadSummary(file: string): Summary {
  return parsed(Summary, headOf(file) ?? wholeOf(file), file);
}

function wholeOf(file: string): string {
  const content = contentOf(file, maxBytes);
  if (typeof content !== 'string') return content.toString();
  throw new NfoldError(`The record ${shown(file)} ${content}.`);
}

function parsed<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new NfoldError(`${shown(file)} is not a record: ${text === '' ? 'it is empty' : messageOf(error)}.`);
  }
  const result = schema.safeParse(upgrade(data));
  if (result.success) return result.data;
  const why = z.prettifyError(result.error).split('\n').slice(0, 2).join(' ');
  throw new NfoldError(`${shown(file)} is not a record of this version: ${why}.`);
}

/** A longer head is read with the whole file. */
const maxHead = 2 ** 22;

/** A file's text up to the bulk, closed; null where it is laid out otherwise, does not end as a whole one does, or cannot be read. */
function headOf(file: string): string | null {
  const read = withFile(file, maxBytes, (opened, size) => {
    const end = Buffer.alloc(3);
    readSync(opened, end, 0, end.length, Math.max(0, size - end.length));
    if (end.toString() !== '\n}\n') return null;
    const chunk = Buffer.alloc(1 << 16);
    let bytes = Buffer.alloc(0);
    for (let at = 0; at < Math.min(size, maxHead); at += chunk.length) {
      bytes = Buffer.concat([bytes, chunk.subarray(0, readSync(opened, chunk, 0, chunk.length, at))]);
      const found = bytes.indexOf(`,${bulk}`);
      if (found >= 0) return `${bytes.subarray(0, found)}}`;
    }
    return null;
  });
  return typeof read === 'string' ? null : read.value;
}
