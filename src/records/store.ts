/**
 * Records on disk: one JSON file a run in .nfold/records, written whole or not at all, and never rewritten. In a file the
 * summary comes first and the bulk, samples and source texts, last, so that a list of many records parses their heads alone.
 */
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { absent, contentOf, namesIn } from '../files/given.ts';
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

/** What lies in the folder of a new record. */
interface Before {
  /** Records that time each candidate. */
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
    const timed = summaries(folder).summaries.flatMap(({ candidates }) => candidates);
    const groups = Map.groupBy(timed, ({ candidate }) => candidate);
    return { counts: new Map([...groups].map(([candidate, all]) => [candidate, all.length])), last };
  } catch {
    return nothing;
  }
}

/** The names of nfold's own files: time, and what is unique among runs of the same second, `20261123-101502-3f9c`. */
const id = /^(\d{8})-(\d{6})-[0-9a-f]{4}\.json$/;

/** After the last one: where the clock was set back, the newest record still comes last. */
function newId(createdAt: string, last: string): string {
  const [, date = '', time = ''] = id.exec(last) ?? [];
  // No run is of the year 9999, but a file's name may be.
  const after = Math.min(Number(date + time) + 1, 1e14 - 1);
  const next = `${Math.max(Number(createdAt.slice(0, 19).replace(/\D/g, '')), after)}`;
  return `${next.slice(0, 8)}-${next.slice(8)}-${randomBytes(2).toString('hex')}`;
}

const bulk = '\n"samples": ';

function textOf({ samples, texts, ...summary }: Record): string {
  const head = JSON.stringify(summary, null, 1).slice(0, -'\n}'.length);
  return `${head},${bulk}${JSON.stringify(samples)},\n"texts": ${JSON.stringify(texts)}\n}\n`;
}

/**
 * Files that may be records, oldest first; those with another name than nfold gives count as older than all others. Throws NfoldError for
 * a folder that is none or cannot be read.
 */
export function recordFiles(folder = workspace().records): string[] {
  const names = namesIn(folder);
  if (names === absent) return [];
  if (typeof names === 'string') throw new NfoldError(`The folder of records ${shown(folder)} ${names}.`);
  return names
    .filter((name) => /^[^.].*\.json$/s.test(name))
    .sort((a, b) => Number(id.test(a)) - Number(id.test(b)) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}

/** What `load` makes of each record, newest first. A file that is none is passed over, and `tell` gets a sentence about it. */
export function* newestFirst<T>(
  load: (file: string) => T,
  tell: (sentence: string) => void,
  folder = workspace().records,
): Generator<T> {
  const attempt = <U>(act: () => U): U | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof NfoldError)) throw error;
      tell(`${error.message} It is passed over.`);
      return undefined;
    }
  };
  for (const file of (attempt(() => recordFiles(folder)) ?? []).reverse()) {
    const loaded = attempt(() => load(file));
    if (loaded !== undefined) yield loaded;
  }
}

/** Oldest first, and a sentence for each file that is no record. */
export function summaries(folder = workspace().records): {
  summaries: readonly Summary[];
  damaged: readonly string[];
} {
  const damaged: string[] = [];
  const found = [...newestFirst(loadSummary, (sentence) => damaged.push(sentence), folder)];
  return { summaries: found.reverse(), damaged: damaged.reverse() };
}

/** Far more than a record of nfold has, and what fits into a string. */
const maxBytes = 2 ** 28;

/** Throws NfoldError, which names the file, where it is no record or damaged. */
export const loadRecord = (file: string): Record => parsed(Record, textIn(file), file);

/** Without the bulk, which is not parsed in a file that nfold wrote. */
export function loadSummary(file: string): Summary {
  const text = textIn(file);
  const end = text.endsWith('\n}\n') ? text.indexOf(`,${bulk}`) : -1;
  return parsed(Summary, end < 0 ? text : `${text.slice(0, end)}}`, file);
}

function textIn(file: string): string {
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
