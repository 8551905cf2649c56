/** A clock that is set back while nfold measures the ceilings of a machine and then times a kernel. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchUnderOddClock } from '../support/oddClock.ts';

test('a run and the ceilings before it last as long as they did', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-clock-'));
  try {
    await benchUnderOddClock(folder);
    // A busy machine has none to keep.
    const peaks = join(folder, '.nfold/peaks');
    for (const name of existsSync(peaks) ? readdirSync(peaks) : []) {
      expect(JSON.parse(readFileSync(join(peaks, name), 'utf8')).seconds).toBeGreaterThan(0);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
