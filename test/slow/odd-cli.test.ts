/** What a command line selects that takes long to run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nfold } from '../support/command.ts';

test('a glob for a case that only --thorough times is verified, and not passed without a check', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-odd-cli-'));
  const args = ['verify', 'sgemm/tile4x8-wasmsimd', '--quick', '--json', '--case', 'M1024N1024*'];
  const { code, stdout } = await nfold(args, { cwd: folder });
  rmSync(folder, { recursive: true });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).results[0].checks).toBeGreaterThan(0);
});
