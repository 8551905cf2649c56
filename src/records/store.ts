/**
 * Records on disk: one JSON file a run in .nfold/records, written whole or not at all, and never rewritten. In a file the
 * summary comes first and the bulk, samples and source texts, last, so that a list of many records reads their heads alone.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { shown } from '../catalog/candidates.ts';
import { exit, messageOf, NfoldError } from '../contract/errors.ts';
import { readGiven } from '../files/given.ts';
import { recordsFolder } from '../files/places.ts';
import type { Draft } from './assemble.ts';
import { Record, Summary } from './schema.ts';
import { upgrade } from './upgrade.ts';

export interface Saved {
  readonly record: Record;
  readonly file: string;
  /** It lies elsewhere than where records belong. */
  readonly displaced?: boolean;
}

/** Gives the draft an id and its candidates the number of this attempt. */
export function saveRecord(draft: Draft, folder = recordsFolder): Saved {
  const { schema, ...rest } = draft;
  try {
    mkdirSync(folder, { recursive: true });
    removeOldHalves(folder);
  } catch (error) {
    throw notSaved(folder, error);
  }
  const counts = attempts(summaries(folder).summaries);
  const candidates = draft.candidates.map((c) => ({ ...c, attempt: (counts.get(c.candidate) ?? 0) + 1 }));
  for (;;) {
    const record: Record = { schema, id: newId(draft.createdAt, folder), ...rest, candidates };
    const file = join(folder, `${record.id}.json`);
    try {
      if (writeNew(folder, file, textOf(record))) return { record, file };
    } catch (error) {
      throw notSaved(folder, error);
    }
  }
}

function notSaved(folder: string, error: unknown): NfoldError {
  return new NfoldError(`The record could not be saved in ${shown(folder)}: ${messageOf(error)}`, exit.failed);
}

/** What nfold calls a record: its time, and what is unique among runs of the same second, `20261123-101502-3f9c`. */
const id = /^(\d{8})-(\d{6})-[0-9a-f]{4}\.json$/;

/** Behind all that are there: where the clock was set back, the newest record is still the last one. */
function newId(createdAt: string, folder: string): string {
  const [, date = '', time = ''] = id.exec(basename(recordFiles(folder).at(-1) ?? '')) ?? [];
  const next = `${Math.max(Number(createdAt.slice(0, 19).replace(/\D/g, '')), Number(date + time) + 1)}`;
  return `${next.slice(0, 8)}-${next.slice(8)}-${randomBytes(2).toString('hex')}`;
}

const bulk = '\n"samples": ';

function textOf({ samples, texts, ...summary }: Record): string {
  const head = JSON.stringify(summary, null, 1).slice(0, -'\n}'.length);
  return `${head},${bulk}${JSON.stringify(samples)},\n"texts": ${JSON.stringify(texts)}\n}\n`;
}

/** False where the name is taken: a link, unlike a rename, then fails. What is half-written has no name that anyone reads. */
function writeNew(folder: string, file: string, text: string): boolean {
  const half = join(folder, `.half-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    const opened = openSync(half, 'wx');
    try {
      writeFileSync(opened, text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    linkSync(half, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Taken; or cleared away as old, by one whose clock is another.
    if (code === 'EEXIST' || (code === 'ENOENT' && existsSync(folder))) return false;
    throw error;
  } finally {
    rmSync(half, { force: true });
  }
}

/** What a crash has left; a writer that is alive takes no hour, and where a clock was set meanwhile it writes again. */
function removeOldHalves(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('.half-')) continue;
    const half = join(folder, name);
    const { mtimeMs = 0 } = statSync(half, { throwIfNoEntry: false }) ?? {};
    if (Math.abs(Date.now() - mtimeMs) > 3_600_000) rmSync(half, { force: true });
  }
}

/** How many of these records time each candidate. */
export function attempts(among: readonly Summary[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { candidates } of among)
    for (const { candidate } of candidates) counts.set(candidate, (counts.get(candidate) ?? 0) + 1);
  return counts;
}

/** Files that may be records, oldest first; those that somebody has named count as older than any that nfold did. */
export function recordFiles(folder = recordsFolder): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^[^.].*\.json$/.test(name));
  return names
    .sort((a, b) => Number(id.test(a)) - Number(id.test(b)) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}

export interface Summaries {
  /** Oldest first. */
  readonly summaries: readonly Summary[];
  /** Files that are no records, in words. */
  readonly damaged: readonly string[];
}

/** Damaged files are passed over, and told. */
export function summaries(folder = recordsFolder): Summaries {
  const found: Summary[] = [];
  const damaged: string[] = [];
  for (const file of recordFiles(folder)) {
    try {
      found.push(loadSummary(file));
    } catch (error) {
      if (!(error instanceof NfoldError)) throw error;
      damaged.push(error.message);
    }
  }
  return { summaries: found, damaged };
}

/** Throws NfoldError, which names the file, where it is none or damaged. */
export function loadRecord(file: string): Record {
  return parsed(Record, readGiven('record', file).toString(), file);
}

/** Without the bulk, which is neither parsed nor, in a file that nfold wrote, read. */
export function loadSummary(file: string): Summary {
  return parsed(Summary, headOf(file) ?? readGiven('record', file).toString(), file);
}

function parsed<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new NfoldError(`${shown(file)} is not a record: ${messageOf(error)}`);
  }
  const result = schema.safeParse(upgrade(data));
  if (result.success) return result.data;
  const why = z.prettifyError(result.error).split('\n').slice(0, 2).join(' ');
  throw new NfoldError(`${shown(file)} is not a record of this version: ${why}`);
}

/** A file's text up to the bulk, closed; null where it is laid out otherwise or does not end as a whole one does. */
function headOf(file: string): string | null {
  const opened = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    const end = Buffer.alloc(3);
    readSync(opened, end, 0, end.length, size - end.length);
    if (end.toString() !== '\n}\n') return null;
    const chunk = Buffer.alloc(1 << 16);
    let bytes = Buffer.alloc(0);
    for (let at = 0; at < size; at += chunk.length) {
      bytes = Buffer.concat([bytes, chunk.subarray(0, readSync(opened, chunk, 0, chunk.length, at))]);
      const found = bytes.indexOf(`,${bulk}`);
      if (found >= 0) return `${bytes.subarray(0, found)}}`;
    }
    return null;
  } finally {
    closeSync(opened);
  }
}
