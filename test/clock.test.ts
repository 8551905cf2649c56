/** Clocks that are set back, or forward and back: which record is the last, and what is half-written. How long a run lasts: slow/clock.test.ts. */
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prefix } from '../src/files/write.ts';
import { findRecord } from '../src/records/find.ts';
import { loadRecord, saveRecord } from '../src/records/store.ts';
import { draft } from './support/draft.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-clock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const saved = (createdAt: string) => saveRecord(draft({ overrides: { createdAt } }), folder).file;
test.each([
  ['set back by an hour', '2026-11-25T10:30:00.000Z', '2026-11-25T09:35:00.000Z'],
  ['right again, after it was in 2099', '2099-12-31T23:59:59.000Z', '2026-11-25T09:35:00.000Z'],
  ['the same, in one second', '2026-11-25T10:30:00.000Z', '2026-11-25T10:30:00.500Z'],
])('the last record is the one that was saved last where the clock is %s', (_, before, after) => {
  const files = [saved(before), saved(after), saved(after)];
  for (const [i, file] of files.entries()) expect(findRecord(`${folder}/last~${2 - i}`)).toBe(file);
  expect(new Set(files).size).toBe(3);
  expect(loadRecord(files[1]).createdAt).toBe(after);
});

test('the last record is none that somebody has named', () => {
  const file = saved('2026-11-25T10:30:00.000Z');
  for (const name of ['zzz.json', '2026.json']) writeFileSync(join(folder, name), '{}');
  expect(findRecord(folder)).toBe(file);
});

test('whose a half file is decides whether it goes, and not what the clock says of it', () => {
  const names = {
    living: `${prefix}${process.pid}-aaaaaaaa`,
    dead: `${prefix}4194305-aaaaaaaa`,
    old: '.nfold-half-00000000-1-aaaaaaaa',
    toCome: '.nfold-half-00000000-2-aaaaaaaa',
  };
  const times = { living: '2001-01-01', dead: new Date(), old: '2001-01-01', toCome: '2099-01-01' };
  for (const [whose, name] of Object.entries(names)) {
    writeFileSync(join(folder, name), '{');
    utimesSync(join(folder, name), new Date(), new Date(times[whose as keyof typeof times]));
  }
  const file = saved('2026-11-25T10:30:00.000Z');
  expect(readdirSync(folder).sort()).toEqual([names.living, file.slice(folder.length + 1)]);
});
