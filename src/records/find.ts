/** A user's reference to a record, to its file: `last`, `last~1`, an id or the start of one, a name, a file, a folder. */
import { basename, dirname, join } from 'node:path';
import { exit, NfoldError } from '../contract/errors.ts';
import { absent, look } from '../files/given.ts';
import { shown, workspace } from '../files/places.ts';
import { newestFirst } from './folder.ts';
import { loadRecord, loadSummary, recordFiles, summaries } from './store.ts';

type Tell = (sentence: string) => void;

/**
 * A folder means the newest record in it, and `FOLDER/last~1` or `FOLDER/NAME` another of its records. Files that are no records do not
 * count; `tell` gets a sentence about each that was passed over.
 */
export function findRecord(reference: string, tell: Tell = () => {}): string {
  const there = look(reference);
  if (typeof there !== 'string') return there.isDirectory() ? within(recordsBelow(reference), 'last', tell) : reference;
  if (there !== absent) throw new NfoldError(`The record ${reference} ${there}.`, 'no-file', { file: reference });
  if (reference.endsWith('.json'))
    throw new NfoldError(`There is no file ${reference}.`, 'no-file', { file: reference });
  if (reference.includes('/') && isFolder(dirname(reference)))
    return within(recordsBelow(dirname(reference)), basename(reference), tell);
  return within(workspace().records, reference, tell);
}

function isFolder(path: string): boolean {
  const there = look(path);
  return typeof there !== 'string' && there.isDirectory();
}

export const recordFile = (id: string): string => join(workspace().records, `${id}.json`);

/** The folder with the records: the folder itself, or the one in it that nfold makes. */
function recordsBelow(folder: string): string {
  const usual = join(folder, '.nfold/records');
  return isFolder(usual) ? usual : folder;
}

function within(folder: string, reference: string, tell: Tell): string {
  const back = /^last(?:~(\d+))?$/.exec(reference);
  if (back) return newest(folder, Number(back[1] ?? 0), tell);
  const idOf = (file: string) => basename(file, '.json');
  const matching = recordFiles(folder).filter((file) => idOf(file).startsWith(reference));
  if (matching.length === 1) return matching[0];
  if (matching.length > 1)
    throw new NfoldError(
      `'${reference}' begins ${matching.length} records: ${matching.map(idOf).join(', ')}.`,
      'ambiguous-name',
    );
  const passedOver: string[] = [];
  const load = (file: string) => ({ file, ...loadSummary(file) });
  const all = newestFirst(load, (sentence) => passedOver.push(sentence), folder);
  const named = [...all].filter(({ name }) => name === reference);
  if (named.length === 1) return named[0].file;
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(' or ');
    throw new NfoldError(`${named.length} records are called '${reference}': give an id, ${ids}.`, 'ambiguous-name');
  }
  passedOver.forEach(tell);
  const hint = `Give 'last', an id from ${shown(folder)}, a name, or a file.`;
  throw new NfoldError(`No record and no file is called '${reference}'.`, exit.usage, { code: 'unknown-name', hint });
}

/** The file of the record that has `back` newer ones. */
function newest(folder: string, back: number, tell: Tell): string {
  const files = [...newestFirst((file) => loadRecord(file) && file, tell, folder).take(back + 1)];
  if (files.length > back) return files[back];
  const place = shown(folder);
  const here = folder === workspace().records;
  const none = `There is no record ${here ? `here yet: 'nfold bench' makes one (in ${place})` : `in ${place}`}.`;
  const have = files.length === 1 ? 'is only 1 record' : `are only ${files.length} records`;
  const few = `There ${have} in ${place}, so no 'last~${back}'.`;
  throw new NfoldError(files.length === 0 ? none : few, exit.nothing);
}

/** Throws NfoldError for a name that a new record cannot have, since it is malformed or taken; called before a run. */
export function checkName(wanted: string): void {
  const rule = "use up to 100 letters, digits and any of . _ - + @, and neither 'last' nor what looks like an id";
  if (!/^[\w][\w.@+-]{0,99}$/.test(wanted) || /^last(~\d+)?$/.test(wanted) || /^\d{8}-/.test(wanted))
    throw new NfoldError(`A record cannot be called '${wanted}': ${rule}.`);
  const taken = summaries().summaries.find(({ name }) => name === wanted);
  if (taken) throw new NfoldError(`The name '${wanted}' is taken by record ${taken.id}: choose another.`);
}
