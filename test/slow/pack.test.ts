/** The pack as `nfold selftest` judges it: each kernel in a process of its own, verified and then in timed calls, honest ones too. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CandidateFile } from '../../src/catalog/candidates.ts';
import { verdictText } from '../../src/judge/verdict.ts';
import { type Judged, judgePack } from '../../src/selftest/judge.ts';
import { cheats, honest } from '../../src/selftest/pack.ts';

const [bad, fine] = [cheats(), honest()];
const judged = new Map<string, Judged>();

beforeAll(async () => {
  const pack = await judgePack({ seed: 20261125, threads: 2 });
  for (const one of [...pack.cheats, ...pack.honest]) judged.set(one.kernel.file, one);
}, 900_000);

const of = ({ file }: CandidateFile) => judged.get(file) as Judged;

describe('cheats fail for their stated reason', () => {
  test.each(bad.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
    const { good, verdict } = of(kernel);
    expect(good, `${verdictText(verdict)}, and not: ${kernel.reason}`).toBe(true);
  });
});

describe('odd but honest kernels pass', () => {
  test.each(fine.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
    expect(verdictText(of(kernel).verdict)).toBe('pass');
  });
});

test('the long runs behind docs/judge.md start, count and end', async () => {
  const bench = fileURLToPath(new URL('../../bench/false-rejections.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [bench, 'gelu_forward', '2', '9000']);
  expect(stdout).toMatch(/^gelu_forward: 2 seeds from 9000, 2 kernels in turn, \d+ checks, 0 rejected,/m);
});
