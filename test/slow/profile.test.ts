/** nfold profile times the candidates of an op anew, which takes half a minute. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nfold } from '../support/command.ts';
import { prepare } from '../support/prepared.ts';

test("an op's candidate is measured, and said to make so much of the step", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-profile-'));
  prepare(folder);
  const args = ['profile', 'residual_forward/unroll4-wasmsimd', '--quick', '--case', 'B4T32L2C64NH4V256'];
  const { code, stdout } = await nfold(args, { cwd: folder });
  rmSync(folder, { recursive: true });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^the baseline {3}one training step, B4T32L2C64NH4V256\n/);
  expect(stdout.replace(/\s+/g, ' ')).toMatch(
    /residual_forward is .* %.*: residual_forward\/unroll4-wasmsimd with its .*x makes that .*x overall/,
  );
});
