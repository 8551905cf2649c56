/** `--reporter FORMAT[=FILE]`: the same results for other readers. Each goes to a file, and one may replace the text on stdout. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { claimsOf } from '../analysis/claims.ts';
import type { Compared } from '../analysis/compare.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { visible } from '../contract/foreign.ts';
import { writeTo } from '../files/into.ts';
import { placeOf } from '../files/places.ts';
import { isStdout, targetOf } from '../files/target.ts';
import { refusing, Unwritten } from '../files/write.ts';
import type { Record } from '../records/schema.ts';
import type { Comparison } from '../schemas/records.ts';
import { markdownCompared } from './compare.ts';
import { comparedCsv, recordCsv } from './csv.ts';
import { bmf, gha, ghaTimes } from './exports.ts';
import { markdownRecord } from './markdown.ts';
import type { Io, Result } from './output.ts';

interface Subjects {
  readonly record: Record;
  readonly comparison: { readonly records: readonly Record[]; readonly compared: Compared };
}

const jsonText = (data: unknown) => `${visible(JSON.stringify(data, null, 2))}\n`;

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
export function comparedData({ records, compared }: Subjects['comparison']): Comparison {
  const named = records.map(({ id, name, machine }) => ({ id, name, class: machine.class }));
  return { records: named, ...compared, claims: claimsOf(records, compared) };
}

interface Reporter<Subject> {
  readonly format: string;
  /** Null for stdout. */
  readonly file: string | null;
  readonly textOf: (subject: Subject) => string;
}

/** The reporters that the flags ask for. Throws NfoldError for a wrong one, so that a typo costs no run. */
export function reportersOf<S extends keyof Subjects>(
  { reporter = [], json = false }: { readonly reporter?: readonly string[]; readonly json?: boolean },
  subject: S,
): Reporter<Subjects[S]>[] {
  const found = [...(json ? ['json'] : []), ...reporter].map((text) => parse(text, subject));
  const whereTo = ({ file }: { file: string | null }) => (file === null ? 'stdout' : resolve(placeOf(file)));
  for (const [place, same] of Map.groupBy(found, whereTo)) {
    const names = same.map(({ format }) => format).join(' and ');
    if (same.length > 1)
      throw new NfoldError(`${names} cannot both have ${place}: give each a file, such as --reporter csv=out.csv.`);
  }
  return found;
}

function parse<S extends keyof Subjects>(text: string, subject: S): Reporter<Subjects[S]> {
  const [format, ...rest] = text.split('=');
  const known = Object.keys(formats[subject]);
  if (!known.includes(format))
    throw new NfoldError(`There is no reporter '${format}' for a ${subject}: it is one of ${known.join(', ')}.`);
  const textOf = formats[subject][format];
  if (rest.length === 0) return { format, file: null, textOf };
  const file = rest.join('=');
  if (file === '')
    throw new NfoldError(`--reporter ${text} names no file: write ${format}=out.txt, or ${format} for stdout.`);
  // Checks the name only: if writing to it fails later, the record still has everything.
  refusing(`--reporter ${text}`, file, () => {
    const target = targetOf(file);
    if (target.kind === 'file') statSync(`${dirname(target.path)}/.`);
  });
  return { format, file: isStdout(file) ? null : file, textOf };
}

/** The result, with the text of the reporter that has stdout if there is one. Its `after` writes the files and fails if one cannot be. */
export function reported<Subject, Data>(
  reporters: readonly Reporter<Subject>[],
  subject: Subject,
  result: Result<Data>,
  io: Io,
): Result<Data> {
  const write = async ({ file, textOf }: Reporter<Subject>) => {
    try {
      if (file !== null) await writeTo(file, textOf(subject), io.note);
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
  const onStdout = reporters.find(({ file }) => file === null);
  return { ...result, text: onStdout?.textOf(subject) ?? result.text, after };
}
