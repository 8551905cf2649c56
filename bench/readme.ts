/**
 * Writes what was measured into the pages that show it, between markers, from the newest whole record of each suite; and puts
 * those records beside them, into bench/records. Run: npm start && npx nfold bench lm_ops --quick && npm run readme
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { exit, NfoldError } from '../src/contract/errors.ts';
import { packageRoot } from '../src/files/places.ts';
import type { Record } from '../src/records/schema.ts';
import { loadRecord, recordFiles } from '../src/records/store.ts';
import { markdownBest, markdownOp, markdownSource, markdownSuite } from '../src/report/markdown.ts';
import { overallLine, reportRecord } from '../src/report/terminal.ts';
import './options.ts';
import { fill } from './page.ts';
import { type Suite, suites } from './suites.ts';

/** The newest record that is whole for a suite: every op of it with a mean. */
function newest(suite: Suite): { record: Record; file: string } {
  for (const file of recordFiles().reverse()) {
    const record = loadRecord(file);
    const whole = suite.ops.every((op) =>
      record.means.some((mean) => mean.suite === suite.name && mean.op === op && mean.arithmetic),
    );
    if (whole && !record.interrupted) return { record, file };
  }
  throw new NfoldError(
    `No record here is a whole run of ${suite.name}: 'npx nfold bench ${suite.name} --quick' makes one.`,
    exit.nothing,
  );
}

const found = suites.map((suite) => ({ suite, ...newest(suite) }));
const blocks = found.map(({ suite, record }) => {
  const { name, ops } = suite;
  const overall = record.overall.find((one) => one.suite === name);
  const lines =
    ops.length > 1
      ? [`**${name}**, the best of each op; the others are in \`kernels/<op>/README.md\``, markdownBest(record, ops)]
      : [`**${name}**`, markdownSuite(record, suite)];
  return [...lines, ...(overall ? [overallLine(overall)] : []), markdownSource(record)].join('\n\n');
});
fill('README.md', 'results', `\n${blocks.join('\n\n')}\n`);
const [{ record: headline }] = found;
fill('README.md', 'output', `\n\`\`\`text\n${stripVTControlCharacters(reportRecord(headline))}\n\`\`\`\n`);
for (const { suite, record } of found) {
  for (const op of suite.ops) {
    const rows = suite.ops.length > 1 ? markdownOp(record, op) : markdownSuite(record, suite);
    fill(`kernels/${op}/README.md`, 'results', `\n${rows}\n\n${markdownSource(record)}\n`);
  }
}
const folder = join(packageRoot, 'bench/records');
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (name.endsWith('.json')) rmSync(join(folder, name));
for (const { record, file } of found) copyFileSync(file, join(folder, `${record.id}.json`));
