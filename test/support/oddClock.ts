/** A short bench whose clock is set back by an hour whenever somebody looks at it (clock.mjs): it lasts as long as it did. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { nfold } from './command.ts';

const NODE_OPTIONS = `--import=${join(packageRoot, 'test/support/clock.mjs')}`;
const args = ['bench', 'residual_forward/unroll4-wasmsimd', '--quick', '--no-peers', '--case', 'N8192', '--json'];

export async function benchUnderOddClock(cwd: string): Promise<void> {
  const began = performance.now();
  const { code, stdout, stderr } = await nfold(args, { cwd, env: { NODE_OPTIONS } });
  expect(code, stderr).toBe(0);
  const { seconds } = JSON.parse(stdout);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan((performance.now() - began) / 1000);
}
