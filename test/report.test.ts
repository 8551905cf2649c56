/** nfold report as a user meets it: where the page goes, what is refused, what the pieces of the page are told from. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { saveRecord } from '../src/records/store.ts';
import { nfold as nfoldIn } from './support/command.ts';
import { draft } from './support/draft.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nfold = (...words: string[]) => nfoldIn(['report', ...words], { cwd: folder });
const records = join(folder, '.nfold/records');
const published = join(packageRoot, 'bench/records/20261125-182802-4545.json');

beforeEach(() => {
  rmSync(records, { recursive: true, force: true });
  for (const day of ['10', '11', '12'])
    saveRecord(draft({ overrides: { createdAt: `2026-11-${day}T10:00:00.000Z`, name: `day${day}` } }), records);
});

describe('the page', () => {
  test('goes to report.html, from the last record, with the history of all', async () => {
    const { code, stdout, stderr } = await nfold();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^report\.html: \d+ KiB\. Open it in a browser\.\n$/);
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('<section id="history"');
    expect(page).not.toContain('<section id="comparison"');
  });

  test('of named records compares them, and has their history alone', async () => {
    const { sections, records: ids } = JSON.parse((await nfold('day10', 'day11', '--json')).stdout);
    expect(ids).toHaveLength(2);
    expect(sections.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(['comparison', 'history']));
  });

  test('goes to stdout, and to the file that is named', async () => {
    const { stdout } = await nfold(published, '-o', '-');
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    await nfold(published, '-o', 'other.html');
    expect(readFileSync(join(folder, 'other.html'), 'utf8')).toBe(stdout);
  });

  test('is the same for the same records, wherever and whenever it is made', async () => {
    const [first, second] = [await nfold(published, '-o', '-'), await nfold(published, published, '-o', '-')];
    expect(second.stdout).toBe(first.stdout);
    expect(first.stdout).not.toContain(folder);
  });

  test('is a figure with the name of its section', async () => {
    const { stdout } = await nfold(published, '--figure', 'roofline');
    expect(stdout).toMatch(/^roofline\.svg: /);
    expect(readFileSync(join(folder, 'roofline.svg'), 'utf8')).toMatch(/^<svg xmlns/);
  });
});

describe('one sentence, and no file, for', () => {
  test.each<[string, string[], number, RegExp]>([
    ['a record that is not there', ['nothing'], 2, /No record and no file is called 'nothing'/],
    ['a file that is none', [join(packageRoot, 'package.json')], 2, /is not a record of this version/],
    ['a folder that is not there', ['last', '-o', 'no/x.html'], 2, /no\/x\.html cannot be written: there is no folder/],
    ['a section without charts', ['last', '--figure', 'cases'], 2, /no charts called 'cases': it has all, /],
    ['a profile that is not there', ['last', '--profile', 'x.json'], 2, /The profile x\.json does not exist/],
    ['an option that is none', ['--figur', 'all'], 2, /unknown option '--figur' \(Did you mean --figure\?\)/],
  ])('%s', async (_, words, code, sentence) => {
    for (const file of ['report.html', 'cases.svg']) rmSync(join(folder, file), { force: true });
    const outcome = await nfold(...words);
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
    expect(['report.html', 'cases.svg'].some((file) => existsSync(join(folder, file)))).toBe(false);
  });

  test('no record at all', async () => {
    rmSync(records, { recursive: true });
    expect(await nfold()).toMatchObject({ code: 3, stderr: expect.stringContaining('There is no record here yet') });
  });

  test('a record that is damaged: it is passed over', async () => {
    mkdirSync(records, { recursive: true });
    writeFileSync(join(records, '20261113-100000-aaaa.json'), '{');
    const { code, stderr } = await nfold();
    expect(code).toBe(0);
    expect(stderr).toMatch(/20261113-100000-aaaa\.json is not a record: .* It is passed over\.\n$/);
  });
});
