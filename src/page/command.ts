/** nfold report: draws records as a page. */
import { exit } from '../contract/errors.ts';
import { writeTo } from '../files/into.ts';
import { shown } from '../files/places.ts';
import { isStdout } from '../files/target.ts';
import { refusing, testWrite } from '../files/write.ts';
import { findRecord } from '../records/find.ts';
import { loadRecord, summaries } from '../records/store.ts';
import type { Io, Result } from '../report/output.ts';
import type { Reported } from '../schemas/wings.ts';
import { checkShown } from './beside.ts';
import { figureOf } from './figure.ts';
import type { ReportFlags } from './flags.ts';
import { foundIn, pageOf } from './page.ts';
import { runsOf } from './runs.ts';
import { subjectOf } from './subject.ts';

export async function report(
  references: readonly string[],
  { output, figure, profile, training }: ReportFlags,
  io: Io,
): Promise<Result<Reported>> {
  const given = references.length > 0 ? references : ['last'];
  const loaded = given.map((reference) => loadRecord(findRecord(reference, io.warn)));
  // Two references to one record may name its file in two ways.
  const records = [...new Map(loaded.map((record) => [record.id, record])).values()];
  const here = references.length > 0 ? null : summaries();
  here?.damaged.forEach(io.warn);
  const target = output ?? (figure === undefined ? 'report.html' : `${figure}.svg`);
  const toStdout = target === '-' || isStdout(target);
  if (!toStdout) refusing(`--output ${target}`, target, () => testWrite(target));
  const subject = subjectOf(records, here?.summaries, runsOf({ profile, training }, io.warn));
  checkShown(subject);
  const found = foundIn(subject);
  const text = figure === undefined ? pageOf(subject, found) : figureOf(subject, figure, found);
  if (!toStdout) await writeTo(target, text, io.note);
  const bytes = Buffer.byteLength(text);
  const data = {
    ...{ file: toStdout ? null : target, bytes, records: subject.records.map(({ id }) => id) },
    sections: [...found.failed, ...found.below].map(({ id, title }) => ({ id, title })),
  };
  const said = `${shown(target)}: ${Math.ceil(bytes / 1024)} KiB. Open it in a browser.`;
  return { code: exit.fine, data, text: toStdout ? text : said };
}
