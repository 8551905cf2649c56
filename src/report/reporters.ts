/**
 * `--reporter FORMAT[=FILE]`: the same results for other readers, on stdout or in a file. One of them may have stdout, and then
 * has it alone.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { messageOf, NfoldError } from '../contract/errors.ts';
import type { Compared } from '../records/compare.ts';
import type { Record } from '../records/schema.ts';
import { markdownCompared } from './compare.ts';
import { comparedCsv, recordCsv } from './csv.ts';
import { bmf, gha, ghaTimes } from './exports.ts';
import { markdownRecord } from './markdown.ts';
import { printText } from './output.ts';

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
    json: ({ records, compared }) => jsonText({ records: records.map(({ id, name }) => ({ id, name })), ...compared }),
    markdown: ({ records, compared }) => `${markdownCompared(records, compared)}\n`,
    csv: ({ records, compared }) => comparedCsv(records, compared),
  },
};

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
  const onStdout = found.filter(({ file }) => file === null);
  if (onStdout.length > 1) {
    const names = onStdout.map(({ format }) => format).join(' and ');
    throw new NfoldError(`${names} cannot both have stdout: give all but one a file, such as --reporter csv=out.csv.`);
  }
  return found;
}

function parse<S extends keyof Subjects>(text: string, subject: S): Reporter<S> {
  const [format, ...rest] = text.split('=');
  const file = rest.length > 0 ? rest.join('=') : null;
  if (!Object.hasOwn(formats[subject], format)) {
    throw new NfoldError(
      `There is no reporter '${format}' for a ${subject}: it is one of ${Object.keys(formats[subject]).join(', ')}.`,
    );
  }
  if (file === '')
    throw new NfoldError(`--reporter ${text} names no file: write ${format}=out.txt, or ${format} for stdout.`);
  if (file !== null && !existsSync(dirname(file))) {
    throw new NfoldError(`--reporter ${text}: there is no folder ${dirname(file)} to write to.`);
  }
  return { subject, format, file };
}

/** Whether one of them took stdout. */
export function writeReports<S extends keyof Subjects>(
  reporters: readonly Reporter<S>[],
  subject: Subjects[S],
): boolean {
  for (const { subject: kind, format, file } of reporters) {
    const text = formats[kind][format](subject);
    if (file === null) printText(text);
    else writeWhole(file, text);
  }
  return reporters.some(({ file }) => file === null);
}

function writeWhole(file: string, text: string): void {
  try {
    writeFileAtomic.sync(file, text);
  } catch (error) {
    throw new NfoldError(`${file} could not be written: ${messageOf(error)}`);
  }
}
