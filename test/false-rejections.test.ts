/** No honest kernel is rejected under a few seeds; docs/judge.md has the long runs of the same command. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = fileURLToPath(new URL('../bench/false-rejections.ts', import.meta.url));

test.each([
  ['sgemm', 4, 9000],
  ['layernorm_forward', 6, 9000],
  // Under 107 updates of mean and variance were rejected once.
  ['layernorm_forward', 4, 104],
  ['crossentropy_softmax_forward', 4, 9000],
  ['train_gpt2', 2, 9000],
])('%s under %i seeds from %i', async (op, seeds, first) => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, op, `${seeds}`, `${first}`]);
  expect(stdout).toContain(`${op}: ${seeds} seeds from ${first}`);
  expect(stdout).toContain(' 0 rejected');
});
