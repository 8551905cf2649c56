/** What `nfold train` keeps when it is stopped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nfold } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('Ctrl-C keeps the state, and says how to go on', async () => {
  const model = 'train_gpt2/fused-6x8-wasmrelaxedsimd --case B2T17L1C36NH3V256 --seed 5';
  const args = `train ${model} --steps 1000000 --eval-every 20 --sample 0`.split(' ');
  const { code, stdout, stderr } = await nfold(args, { cwd: folder, stopAt: /step {5}20 / });
  expect(code).toBe(130);
  expect(stderr).toContain('keeping the state');
  const [, step] = /Interrupted after step (\d+)/.exec(stdout) ?? [];
  const [, file] = /Go on with: node \S+nfold\.js train --resume (\S+)/.exec(stdout) ?? [];
  const again = ['train', '--resume', file, '--steps', `${Number(step) + 3}`, '--sample', '0', '--json'];
  const more = await nfold(again, { cwd: folder });
  expect(JSON.parse(more.stdout)).toMatchObject({ resumedAt: Number(step), steps: 3 });
});
