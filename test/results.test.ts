/** The tables of the pages are those of the records that lie beside them, in bench/records. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { packageRoot } from '../src/files/places.ts';
import { loadRecord, recordFiles } from '../src/records/store.ts';
import { multiple } from '../src/report/format.ts';

const records = recordFiles(join(packageRoot, 'bench/records')).map((file) => loadRecord(file));
/** Of the record that holds the newest of a suite: an older one may hold it as well, beside another suite. */
const newestOf = (suite: string) =>
  records
    .filter((record) => record.means.some((mean) => mean.suite === suite))
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))[0];
const means = suites.flatMap(({ name }) =>
  newestOf(name).means.filter(({ suite, arithmetic }) => suite === name && arithmetic),
);
const whole = suites.flatMap(({ name }) => newestOf(name).overall);

/** The text between the markers of a page. */
function block(page: string, marker = 'results'): string {
  const text = readFileSync(join(packageRoot, page), 'utf8');
  return new RegExp(`<!-- ${marker} -->([^]*)<!-- /${marker} -->`).exec(text)?.[1] ?? '';
}

const [firstPage, allResults] = [block('README.md', 'headline'), block('docs/results.md')];

const cellsOf = (line: string) => line.split('|').map((cell) => cell.trim());
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);
const boldIn = (text: string) => [...text.matchAll(/\*\*([\d.,]+x)\*\*/g)].map(([, value]) => value);

describe.each(suites.flatMap(({ name, ops }) => ops.map((op) => [op, name] as const)))('%s', (op, suite) => {
  const own = means.filter((mean) => mean.op === op && mean.suite === suite);
  const rows = rowsOf(block(`kernels/${op}/README.md`));

  test('each mean of the record has its row in the worklog, and each row its mean', () => {
    expect(own.length).toBeGreaterThan(0);
    const name = (id: string, peer: boolean) => (peer ? `${id} (peer)` : id.replace(`${op}/`, ''));
    const wanted = own.map(({ candidate, peer, arithmetic }) => [
      name(candidate, peer),
      multiple(arithmetic?.value ?? 0),
    ]);
    const found = rows.flatMap((cells) => boldIn(cells.join('|')).map((value) => [cells[1], value]));
    expect(found.sort()).toEqual(wanted.sort());
  });
});

test.each([
  ['README.md', firstPage],
  ['docs/results.md', allResults],
])('%s shows no other speedup', (_, text) => {
  const known = [...means, ...whole].map(({ arithmetic }) => multiple(arithmetic?.value ?? 0));
  const shown = boldIn(text);
  expect(shown.length).toBeGreaterThan(suites.length);
  expect(shown.filter((value) => !known.includes(value))).toEqual([]);
});

test.each(suites)('the best of $name stands where its suite is shown', ({ name, ops: [op], inDefaultRun }) => {
  const [best] = means.filter((mean) => mean.suite === name && mean.op === op && !mean.peer).sort(byMean);
  expect(inDefaultRun ? firstPage : allResults).toContain(multiple(best.arithmetic?.value ?? 0));
});

type Mean = (typeof means)[number];
const byMean = (a: Mean, b: Mean) => (b.arithmetic?.value ?? 0) - (a.arithmetic?.value ?? 0);
