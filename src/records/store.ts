/**
 * Records on disk, in .nfold/records. The bulk of a file, samples and source texts, comes last, so that a list of many records parses only
 * what is before it.
 */
import { attempt } from '../contract/attempt.ts';
import { workspace } from '../files/places.ts';
import { attemptsIn, isAttempt } from './attempts.ts';
import { filesIn, newestFirst, newId, parsed, putNew, textIn } from './folder.ts';
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
  const attempts = attempt(() => attemptsIn(summaries(folder).summaries), none);
  const { value, file } = putNew(folder, draft.createdAt, (id) => recordOf(draft, attempts, id), textOf);
  return { record: value, file };
}

const none: ReadonlyMap<string, number> = new Map();

/** The record that saving the draft would make. */
export function recordOf({ schema, ...rest }: Draft, attempts = none, id = newId(rest.createdAt)): Record {
  const candidates = rest.candidates.map((c) => {
    return { ...c, attempt: isAttempt(c) ? (attempts.get(c.candidate) ?? 0) + 1 : null };
  });
  return { schema, id, ...rest, candidates };
}

const bulk = '\n"samples": ';

function textOf({ samples, texts, ...summary }: Record): string {
  const head = JSON.stringify(summary, null, 1).slice(0, -'\n}'.length);
  return `${head},${bulk}${JSON.stringify(samples)},\n"texts": ${JSON.stringify(texts)}\n}\n`;
}

export const recordFiles = (folder = workspace().records): string[] => filesIn(folder);

/** Oldest first, and a sentence for each file that is no record. */
export function summaries(folder = workspace().records) {
  const damaged: string[] = [];
  const found = [...newestFirst(loadSummary, (sentence) => damaged.push(sentence), folder)];
  return { summaries: found.reverse(), damaged: damaged.reverse() };
}

/** Throws NfoldError, which names the file, if it is no record or damaged. */
export const loadRecord = (file: string): Record => parsed(Record, textIn(file, 'record'), file, 'record', upgrade);

/** Without the bulk, which is not even parsed in a file that nfold wrote. Throws as `loadRecord` does. */
export function loadSummary(file: string): Summary {
  const text = textIn(file, 'record');
  const end = text.endsWith('\n}\n') ? text.indexOf(`,${bulk}`) : -1;
  return parsed(Summary, end < 0 ? text : `${text.slice(0, end)}}`, file, 'record', upgrade);
}
