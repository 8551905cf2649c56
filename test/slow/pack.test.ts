/**
 * The pack as `nfold selftest` judges it: each kernel in a process of its own, verified and then in timed calls, honest ones too. Cheats by
 * arithmetic alone, which take most of the time, are left to test/pack.test.ts, bench/detection.ts and the whole selftest.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Selftested } from '../../src/schemas/wings.ts';
import { cheats, families, honest } from '../../src/selftest/pack.ts';
import { nfold } from '../support/command.ts';

const judged: readonly string[] = families.filter((family) => family !== 'answers' && family !== 'numerics');
const [bad, fine] = [cheats().filter(({ family }) => judged.includes(family)), honest()];
const folder = mkdtempSync(join(tmpdir(), 'nfold-selftest-'));
let said: Selftested;

beforeAll(async () => {
  const { stdout } = await nfold(['selftest', ...judged, '--json', '--seed', '20261125'], { cwd: folder });
  said = Selftested.parse(JSON.parse(stdout));
}, 1_800_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('cheats fail for their stated reason', () => {
  test.each(bad.map(({ id, reason }, i) => [id, reason, i] as const))('%s', (id, reason, i) => {
    const { kernel, good, message } = said.cheats[i];
    expect(kernel).toBe(id);
    expect(good, `${message}, and not: ${reason}`).toBe(true);
  });
});

describe('odd but honest kernels pass', () => {
  test.each(fine.map(({ id }, i) => [id, i] as const))('%s', (id, i) => {
    expect(said.honest[i]).toMatchObject({ kernel: id, good: true, verdict: 'pass' });
  });
});

test('the long runs behind docs/judge.md start, count and end', async () => {
  const bench = fileURLToPath(new URL('../../bench/false-rejections.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [bench, 'gelu_forward', '2', '9000']);
  expect(stdout).toMatch(/^gelu_forward: 2 seeds from 9000, 2 kernels in turn, \d+ checks, 0 rejected,/m);
});
