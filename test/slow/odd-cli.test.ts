/** What a command line selects that takes long to run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nfold } from '../support/command.ts';
import { prepare } from '../support/prepared.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-odd-cli-'));
  prepare(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a glob for a case that only --thorough times is verified, and not passed without a check', async () => {
  const args = ['verify', 'sgemm/tile4x8-wasmsimd', '--quick', '--json', '--case', 'M1024N1024*'];
  const { code, stdout } = await nfold(args, { cwd: folder });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).results[0].checks).toBeGreaterThan(0);
});

test('--case adds up in what is timed and in the record', async () => {
  const kernel = 'residual_forward/unroll4-wasmsimd';
  const cases = ['--case', 'N8192', '--case', 'N32768', '--case', 'Q9'];
  const timed = await nfold(['bench', kernel, '--quick', '--no-peers', ...cases], { cwd: folder });
  expect(timed.stdout).toContain(`nfold.js bench ${kernel} --case 'N8192|N32768|Q9'`);
  const records = join(folder, '.nfold/records');
  const record = JSON.parse(readFileSync(join(records, readdirSync(records)[0]), 'utf8'));
  expect(record.caseFilter).toBe('N8192|N32768|Q9');
  expect(record.results.map((r: { case: string }) => r.case)).toEqual(['N8192', 'N32768']);
});
