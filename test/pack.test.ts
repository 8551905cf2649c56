/** The pack: kernels that cheat must fail, each for its stated reason, and odd ones must pass, verified and in timed calls. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { CandidateFile } from '../src/catalog/candidates.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { type Judged, judgePack } from '../src/selftest/judgePack.ts';
import { cheats, honest } from '../src/selftest/pack.ts';

const bad = cheats();
const fine = honest();
const judged = new Map<string, Judged>();

beforeAll(async () => {
  const options = { seed: 20261125, threads: 2, signal: new AbortController().signal, onProgress: () => {} };
  const pack = await judgePack(options);
  for (const one of [...pack.cheats, ...pack.honest]) judged.set(one.kernel.file, one);
}, 600_000);

const of = ({ file }: CandidateFile) => judged.get(file) as Judged;

describe('cheats fail for their stated reason', () => {
  test.each(bad.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
    const { good, verdict } = of(kernel);
    expect(good, `${verdictText(verdict)}, and not: ${kernel.reason}`).toBe(true);
  });

  test('they fail the command, and say how to see it again', () => {
    const failures = bad.flatMap((kernel) => {
      const { verdict } = of(kernel);
      return verdict.status === 'fail' ? [verdict.failure] : [];
    });
    expect(failures.length).toBeGreaterThan(60);
    for (const { replay, case: c } of failures) {
      expect(replay).toMatch(/^npx nfold verify test\/adversaries\//);
      expect(replay).toContain(`--case ${c} --seed 20261125`);
    }
  });
});

describe('odd but honest kernels pass', () => {
  test.each(fine.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
    expect(verdictText(of(kernel).verdict)).toBe('pass');
  });
});
