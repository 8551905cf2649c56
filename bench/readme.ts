/**
 * Writes what was measured into the pages that show it, between markers, from one record; and puts that record beside them,
 * into bench/records. Run: npm start && npm run readme        (or: npm run readme -- RECORD)
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { packageRoot } from '../src/catalog/places.ts';
import type { Record } from '../src/records/schema.ts';
import { findRecord, loadRecord } from '../src/records/store.ts';
import { markdownSource, markdownSuite } from '../src/report/markdown.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { suites } from './suites.ts';

/** Puts text between `<!-- name -->` and `<!-- /name -->`; a page without the pair is an error. */
function fill(page: string, name: string, text: string): void {
  const file = join(packageRoot, page);
  const before = readFileSync(file, 'utf8');
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [before.indexOf(open), before.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`${page} has no markers ${open} and ${close}`);
  writeFileSync(file, `${before.slice(0, from + open.length)}\n${text}\n${before.slice(to)}`);
}

function write(record: Record, file: string): void {
  const missing = suites.filter(({ name }) => !record.means.some(({ suite }) => suite === name));
  if (record.interrupted || missing.length > 0) {
    throw new Error(`record ${record.id} is not a whole run: 'npm start' makes one`);
  }
  const source = markdownSource(record);
  const tables = suites.map(({ name }) => `**${name}**\n\n${markdownSuite(record, name)}`);
  fill('README.md', 'results', `\n${tables.join('\n\n')}\n\n${source}\n`);
  fill('README.md', 'output', `\n\`\`\`text\n${stripVTControlCharacters(reportRecord(record))}\n\`\`\`\n`);
  for (const { name, ops: [op] } of suites)
    fill(`kernels/${op}/README.md`, 'results', `\n${markdownSuite(record, name)}\n\n${source}\n`);
  const folder = join(packageRoot, 'bench/records');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.json')) rmSync(join(folder, name));
  copyFileSync(file, join(folder, `${record.id}.json`));
}

const file = findRecord(process.argv[2] ?? 'last');
write(loadRecord(file), file);
