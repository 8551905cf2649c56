/** `--json` of the commands that take long prints data of a known shape, alone on stdout. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { Ceilings } from '../../src/machine/ceilings.ts';
import { Record } from '../../src/records/schema.ts';
import { nfold } from '../support/command.ts';
import { prepare } from '../support/prepared.ts';
import { Profiled, Trained, Tuned } from '../support/shapes.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
prepare(folder);

test.each<[string, z.ZodType]>([
  ['bench residual_forward/unroll4-wasmsimd --quick --no-peers --case N8192', Record],
  ['peak', Ceilings],
  ['train train_gpt2/fused-6x8-wasmrelaxedsimd --steps 3 --sample 8', Trained],
  ['profile train_gpt2/fused-6x8-wasmrelaxedsimd --quick', Profiled],
  ['tune sgemm/shaped-6x8-wasmrelaxedsimd --case M64N64K64 --minutes 0.05', Tuned],
])('nfold %s --json', async (words, shape) => {
  const { stdout, stderr } = await nfold([...words.split(' '), '--json'], { cwd: folder });
  expect(shape.safeParse(JSON.parse(stdout)), `${stdout.slice(0, 500)}\n${stderr}`).toMatchObject({ success: true });
});
