/** `--json` of the commands that take long prints data of a known shape, alone on stdout. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { schemas } from '../../src/schemas/registry.ts';
import { nfold } from '../support/command.ts';
import { prepare } from '../support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
prepare(folder);

test.each([
  'bench residual_forward/unroll4-wasmsimd --quick --no-peers --case N8192',
  'peak',
  'train train_gpt2/fused-6x8-wasmrelaxedsimd --steps 3 --sample 8',
  'profile train_gpt2/fused-6x8-wasmrelaxedsimd --quick',
  'tune sgemm/shaped-6x8-wasmrelaxedsimd --case M64N64K64 --minutes 0.05',
])('nfold %s --json', async (words) => {
  const { stdout, stderr } = await nfold([...words.split(' '), '--json'], { cwd: folder });
  expect(
    schemas[words.split(' ')[0]].safeParse(JSON.parse(stdout)),
    `${stdout.slice(0, 500)}\n${stderr}`,
  ).toMatchObject({ success: true });
});
