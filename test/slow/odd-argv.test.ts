/** Command lines of odd words: whatever is typed, the answer is one sentence or a result, never a fault of ours. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveRecord } from '../../src/records/store.ts';
import { nfold } from '../support/command.ts';
import { draft } from '../support/draft.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-argv-'));
beforeAll(() => {
  for (const name of ['one', 'two']) saveRecord(draft({ overrides: { name } }), join(folder, '.nfold/records'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-',
    '--',
    '-x',
    '--json',
    '--case',
    '--seed=',
    '|',
    '*',
    '**',
    '!',
    '[',
    '{',
    '{a,',
    '(',
    '\\',
  ),
  fc.constantFrom(
    '.',
    '..',
    '/',
    '/dev/null',
    '/proc/self/environ',
    '~',
    'last~9',
    'last',
    'one',
    'two',
    'constructor',
    '__proto__',
  ),
  fc.constantFrom(
    'a'.repeat(300),
    'a'.repeat(4096),
    '*?'.repeat(40),
    'sgemm/ikj-ts',
    'sgemm',
    './x.ts',
    '\x1b[2J',
    'ü',
    '\u202e',
    'a\nb',
  ),
  fc.constantFrom(
    '0',
    '-0',
    '1e9',
    '0x1',
    'NaN',
    '1:1',
    '9'.repeat(30),
    'json=',
    'csv=/',
    'markdown=a/b/c',
    '=',
    'json',
    'csv',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
);
/** Commands that answer at once; those that would measure are given what stops them before. */
const start = fc.constantFrom(
  ['list'],
  ['show'],
  ['compare'],
  ['compare', 'one', 'two', '--fail-below'],
  ['compare', 'one', 'two', '--reporter'],
  ['show', 'one', '--reporter'],
  ['history'],
  ['history', 'sgemm/mine-ts', '--case'],
  ['best'],
  ['verify', 'no-such-candidate'],
  ['bench', 'no-such-candidate', '--save'],
  ['train', 'sgemm/ikj-ts', '--resume', 'no-such-file', '--steps'],
  ['task', 'score'],
  ['task', 'score', '--task', 'sgemm'],
  ['task', 'check', '--task'],
  ['task', 'log', '--task'],
  ['worker'],
  ['help'],
  [],
);

test('never a fault of ours', async () => {
  await fc.assert(
    fc.asyncProperty(start, fc.array(odd, { maxLength: 4 }), async (command, words) => {
      const { code, stdout, stderr } = await nfold([...command, ...words], { cwd: folder });
      expect([0, 1, 2, 3]).toContain(code);
      expect(stderr).not.toMatch(/\(unexpected: |\n\s+at /);
      expect(stderr.length).toBeLessThan(6000);
      // A check that was made says FAIL on stdout. Without a command there is the help.
      if (code !== 0 && !/(^|\n)FAIL\b.*\n$/.test(stdout)) expect(stderr).toMatch(/nfold: [^\n]+\n$|^Usage: nfold /);
    }),
    { numRuns: 80, endOnFailure: true, examples: [[['task', 'check', '--task'], ['sgemm']]] },
  );
});
