/** A clock that is set back by an hour whenever somebody looks at it (support/clock.mjs), while nfold measures the ceilings of a machine and times a kernel. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { nfold } from '../support/command.ts';

const NODE_OPTIONS = `--import=${join(packageRoot, 'test/support/clock.mjs')}`;
const args = ['bench', 'residual_forward/unroll4-wasmsimd', '--quick', '--no-peers', '--case', 'N8192', '--json'];

test('a run and the ceilings before it last as long as they did, and not as long as the clock says', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'nfold-clock-'));
  try {
    const began = performance.now();
    const { code, stdout, stderr } = await nfold(args, { cwd, env: { NODE_OPTIONS } });
    expect(code, stderr).toBe(0);
    const { seconds } = JSON.parse(stdout);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan((performance.now() - began) / 1000);
    // A busy machine has none to keep.
    const peaks = join(cwd, '.nfold/peaks');
    for (const name of existsSync(peaks) ? readdirSync(peaks) : []) {
      expect(JSON.parse(readFileSync(join(peaks, name), 'utf8')).seconds).toBeGreaterThan(0);
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
