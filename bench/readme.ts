/**
 * Writes the measured tables into the pages that show them, between markers, and copies the records that they come from into
 * bench/records. Each suite is shown from its newest whole record, in .nfold/records or in bench/records; without a new record the
 * pages are written again from the published ones. With --published the records in .nfold are not looked at.
 *
 * Run: npm start && npx nfold bench lm_ops --quick && npm run readme
 */

import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { exit, NfoldError } from '../src/contract/errors.ts';
import { isSnapshot } from '../src/contract/variant.ts';
import { counted } from '../src/contract/words.ts';
import { packageRoot, workspace } from '../src/files/places.ts';
import { writeWhole } from '../src/files/write.ts';
import { figureOf } from '../src/page/figure.ts';
import { subjectOf } from '../src/page/subject.ts';
import { newestFirst } from '../src/records/folder.ts';
import type { Mean, Record } from '../src/records/schema.ts';
import { loadRecord, recordFiles } from '../src/records/store.ts';
import { inMarkdown } from '../src/report/escape.ts';
import { interval, multiple, shortFlags } from '../src/report/format.ts';
import { markdownBest, markdownOp, markdownSource, markdownSuite } from '../src/report/markdown.ts';
import { Io } from '../src/report/output.ts';
import { inWindow } from '../src/report/screen.ts';
import { markdownTable } from '../src/report/table.ts';
import { overallLine, reportRecord } from '../src/report/terminal.ts';
import { byMean } from '../src/stats/means.ts';
import { parseOptions } from './options.ts';
import { fill } from './page.ts';
import { type Suite, suites } from './suites.ts';

const { values: flags } = parseOptions({ options: { published: { type: 'boolean' } } });
const io = new Io(process);
const published = join(packageRoot, 'bench/records');

interface Shown {
  readonly suite: Suite;
  readonly record: Record;
  readonly file: string;
}

const folders = flags.published ? [published] : [published, workspace().records];

/** The newest record of a folder that is whole for a suite: it was not interrupted, and every op of the suite has a mean. */
function newestIn(folder: string, suite: Suite): Shown | undefined {
  for (const { record, file } of newestFirst((file) => ({ record: loadRecord(file), file }), io.warn, folder)) {
    const whole = suite.ops.every((op) => meansOf(record, suite.name).some((mean) => mean.op === op));
    if (whole && !record.interrupted) return { suite, record, file };
  }
  return undefined;
}

function newest(suite: Suite): Shown {
  const [found] = folders
    .flatMap((folder) => newestIn(folder, suite) ?? [])
    .sort((a, b) => Date.parse(b.record.createdAt) - Date.parse(a.record.createdAt));
  if (found) return found;
  throw new NfoldError(
    `No record here is a whole run of ${suite.name}: 'npx nfold bench ${suite.name} --quick' makes one.`,
    exit.nothing,
  );
}

/** Means that are not withheld, the largest first. */
function meansOf(record: Record, suite: string): Mean[] {
  return record.means
    .filter((mean) => mean.suite === suite && mean.arithmetic && !isSnapshot(mean.candidate))
    .sort(byMean);
}

/** What a row says that its suite is. */
const names: Readonly<{ [suite: string]: string }> = {
  train_gpt2: '**train_gpt2**, a whole training step',
  sgemm: '**sgemm**, matrix multiply',
};

const speedupOf = ({ arithmetic }: Mean) =>
  arithmetic ? `**${multiple(arithmetic.value)}** ${interval(arithmetic)}` : '-';

/** Two rows a suite: its best candidate, and its best candidate without V8 flags; beside both, the peers of the same run. */
function headlineRows({ suite: { name }, record }: Shown): string[][] {
  const means = meansOf(record, name);
  const flagsOf = ({ candidate, op }: Mean) =>
    record.results.find((result) => result.candidate === candidate && result.op === op)?.flags ?? [];
  const own = means.filter(({ peer }) => !peer);
  const rows = [...new Set([own[0], own.find((mean) => flagsOf(mean).length === 0)])].flatMap((mean) => mean ?? []);
  const nameOf = ({ candidate }: Mean) =>
    record.candidates.find((one) => one.candidate === candidate)?.about?.replace(/ \(.*$/, '') ?? candidate;
  const peers = means
    .filter(({ peer }) => peer)
    .map((mean) => `${inMarkdown(nameOf(mean))}: ${multiple(mean.arithmetic?.value ?? null)}`);
  return rows.map((mean) => [
    `${names[name] ?? `**${name}**`}, ${counted(mean.cases, 'case')}`,
    shortFlags(flagsOf(mean)) === '-' ? 'none (stock V8)' : shortFlags(flagsOf(mean)),
    linkTo(record, mean),
    speedupOf(mean),
    peers.join('; ') || '-',
  ]);
}

function linkTo(record: Record, { candidate, op }: Mean): string {
  const path = record.candidates.find((one) => one.candidate === candidate && one.op === op)?.sources[0]?.path;
  const name = inMarkdown(candidate.replace(`${op}/`, ''));
  return path === undefined ? name : `[${name}](${encodeURI(path).replace(/[()]/g, escape)})`;
}

function headline(found: readonly Shown[]): string {
  const single = found.filter(({ suite }) => suite.inDefaultRun);
  const head = ['suite', 'V8 flags', 'fastest candidate', 'mean speedup, 95 % interval', 'peers in the same run'];
  const sources = new Set(single.map(({ record }) => markdownSource(record)));
  return [markdownTable(head, single.flatMap(headlineRows)), ...sources].join('\n\n');
}

/** The wide table of a suite: of several ops, the best candidate of each. */
function wide({ suite, record }: Shown): string {
  const { name, ops } = suite;
  const overall = record.overall.find((one) => one.suite === name);
  const table =
    ops.length > 1
      ? [
          'The best candidate of each op; the others are in `kernels/<op>/README.md`.',
          markdownBest(record, ops),
          ...(overall ? [inMarkdown(stripVTControlCharacters(overallLine(overall)))] : []),
        ]
      : [markdownSuite(record, suite)];
  return [`### ${name}`, ...table, markdownSource(record)].join('\n\n');
}

function publish(found: readonly Shown[]): void {
  mkdirSync(published, { recursive: true });
  const kept = new Set(found.map(({ record }) => join(published, `${record.id}.json`)));
  for (const { record, file } of found) {
    const copy = join(published, `${record.id}.json`);
    if (file !== copy) copyFileSync(file, copy);
  }
  for (const file of recordFiles(published)) if (!kept.has(file)) rmSync(file);
}

const found = suites.map(newest);
fill('README.md', 'headline', `\n${headline(found)}\n`);
writeWhole(join(packageRoot, 'docs/speedups.svg'), figureOf(subjectOf([found[0].record]), 'all'));
fill('docs/results.md', 'results', `\n${found.map(wide).join('\n\n')}\n`);
// As a pipe gets it.
const text = stripVTControlCharacters(inWindow(false, () => reportRecord(found[0].record)));
fill('docs/results.md', 'output', `\n\`\`\`text\n${text}\n\`\`\`\n`);
for (const { suite, record } of found) {
  for (const op of suite.ops) {
    const rows = suite.ops.length > 1 ? markdownOp(record, op) : markdownSuite(record, suite);
    fill(`kernels/${op}/README.md`, 'results', `\n${rows}\n\n${markdownSource(record)}\n`);
  }
}
publish(found);
