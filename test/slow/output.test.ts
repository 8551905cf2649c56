/** What test/output.test.ts leaves out: a full device and a folder that is gone are one sentence for each command, and cost no record. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveRecord } from '../../src/records/store.ts';
import { inBash } from '../support/command.ts';
import { draft } from '../support/draft.ts';
import { expectFull, expectGone } from '../support/output.ts';
import { prepare } from '../support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-output-'));
const records = join(folder, '.nfold/records');
prepare(folder);
beforeAll(() => {
  for (const name of ['one', 'two']) saveRecord(draft({ overrides: { name } }), records);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test
  .skipIf(!existsSync('/dev/full'))
  .each([
    '--version',
    'list',
    'show',
    'compare one two',
    'compare one two --json',
    'best',
    'doctor --json',
    'verify sgemm/ikj-ts --case M5N31K64NT --json',
  ])('nfold %s > /dev/full is one sentence and exit code 1', (args) => expectFull(args, folder));

test.each(['doctor', 'show', 'peak', 'selftest'])(
  'nfold %s in a folder that is gone is one sentence and exit code 2',
  (args) => expectGone(args, folder),
);

test.skipIf(!existsSync('/dev/full')).each([
  ['> /dev/full', 1],
  ['> /dev/full 2> /dev/full', 1],
  ['>&- 2>&-', 0],
])('what a bench measured is kept where its words go %s', (where, code) => {
  const before = readdirSync(records).length;
  const bench = 'nfold bench residual_forward/unroll4-wasmsimd --quick --no-peers --case N8192';
  const outcome = inBash(`${bench} ${where}`, folder);
  expect(outcome).toMatchObject({ code, stdout: '', ...(where.includes('2>') && { stderr: '' }) });
  expect(readdirSync(records)).toHaveLength(before + 1);
});
