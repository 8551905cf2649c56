/** No honest kernel is rejected under a few seeds; docs/judge.md has the long runs of the same command. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = fileURLToPath(new URL('../bench/false-rejections.ts', import.meta.url));

test.each([
  ['sgemm', 4],
  ['layernorm_forward', 6],
  ['crossentropy_softmax_forward', 4],
  ['train_gpt2', 2],
])('%s under %i seeds', async (op, seeds) => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, op, `${seeds}`, '9000']);
  expect(stdout).toContain(`${op}: ${seeds} seeds from 9000`);
  expect(stdout).toContain(' 0 rejected');
});
