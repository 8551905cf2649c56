/** `--reporter FORMAT[=FILE]`: the same results for other readers, on stdout, which one of them may have and then has alone, or in a file. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Compared } from '../analysis/compare.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { writeTo } from '../files/into.ts';
import { placeOf } from '../files/places.ts';
import { isStdout, targetOf } from '../files/target.ts';
import { refusing, Unwritten } from '../files/write.ts';
import type { Record } from '../records/schema.ts';
import { markdownCompared } from './compare.ts';
import { comparedCsv, recordCsv } from './csv.ts';
import { bmf, gha, ghaTimes } from './exports.ts';
import { markdownRecord } from './markdown.ts';
import type { Io, Result } from './output.ts';

export interface Subjects {
  readonly record: Record;
  readonly comparison: { readonly records: readonly Record[]; readonly compared: Compared };
}

const jsonText = (data: unknown) => `${JSON.stringify(data, null, 2)}\n`;

const formats: { readonly [S in keyof Subjects]: { readonly [format: string]: (subject: Subjects[S]) => string } } = {
  record: {
    json: jsonText,
    markdown: markdownRecord,
    csv: recordCsv,
    bmf: (record) => jsonText(bmf(record)),
    gha: (record) => jsonText(gha(record)),
    'gha-time': (record) => jsonText(ghaTimes(record)),
  },
  comparison: {
    json: (comparison) => jsonText(comparedData(comparison)),
    markdown: ({ records, compared }) => `${markdownCompared(records, compared)}\n`,
    csv: ({ records, compared }) => comparedCsv(records, compared),
  },
};

/** A comparison as `--json` prints it. */
export function comparedData({ records, compared }: Subjects['comparison']) {
  return { records: records.map(({ id, name }) => ({ id, name })), ...compared };
}

export interface Reporter<S extends keyof Subjects> {
  readonly subject: S;
  readonly format: string;
  /** Null for stdout. */
  readonly file: string | null;
}

/** Checked before anything is measured: a typo must not cost a run. */
export function reportersOf<S extends keyof Subjects>(
  { reporter = [], json = false }: { readonly reporter?: readonly string[]; readonly json?: boolean },
  subject: S,
): Reporter<S>[] {
  const found = [...(json ? ['json'] : []), ...reporter].map((text) => parse(text, subject));
  const whereTo = ({ file }: Reporter<S>) => (file === null ? 'stdout' : resolve(placeOf(file)));
  for (const [place, same] of Map.groupBy(found, whereTo)) {
    if (same.length === 1) continue;
    const names = same.map(({ format }) => format).join(' and ');
    throw new NfoldError(`${names} cannot both have ${place}: give each a file, such as --reporter csv=out.csv.`);
  }
  return found;
}

function parse<S extends keyof Subjects>(text: string, subject: S): Reporter<S> {
  const [format, ...rest] = text.split('=');
  const known = Object.keys(formats[subject]);
  if (!known.includes(format))
    throw new NfoldError(`There is no reporter '${format}' for a ${subject}: it is one of ${known.join(', ')}.`);
  if (rest.length === 0) return { subject, format, file: null };
  const file = rest.join('=');
  if (file === '')
    throw new NfoldError(`--reporter ${text} names no file: write ${format}=out.txt, or ${format} for stdout.`);
  // Only whether the name makes sense: where nothing can be written to it after all, the record still has everything.
  refusing(`--reporter ${text}`, file, () => {
    const target = targetOf(file);
    if (target.kind === 'file') statSync(`${dirname(target.path)}/.`);
  });
  return { subject, format, file: isStdout(file) ? null : file };
}

/** The result with the text of the reporter that has stdout, if one has; files come last, and one that cannot be written is a failure. */
export function reported<S extends keyof Subjects>(
  reporters: readonly Reporter<S>[],
  subject: Subjects[S],
  result: Result,
  io: Io,
): Result {
  const textOf = ({ subject: kind, format }: Reporter<S>) => formats[kind][format](subject);
  const onStdout = reporters.find(({ file }) => file === null);
  const write = async (reporter: Reporter<S>) => {
    try {
      if (reporter.file !== null) await writeTo(reporter.file, textOf(reporter), io.note);
      return true;
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      io.warn(error.message);
      return false;
    }
  };
  const after = async () => {
    const written = await Promise.all(reporters.map(write));
    return { code: written.every(Boolean) ? result.code : exit.failed };
  };
  return { ...result, text: onStdout ? textOf(onStdout) : result.text, after };
}
