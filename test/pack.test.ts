/** The pack: kernels that cheat must fail, each for its stated reason, and odd ones must pass, verified and in timed calls. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { CandidateFile } from '../src/catalog/candidates.ts';
import { judge } from '../src/selftest/judge.ts';
import { cheats, honest, isStated } from '../src/selftest/pack.ts';
import { type Verdict, verdictText } from '../src/verify/verdict.ts';

const bad = cheats();
const fine = honest();
const verdicts = new Map<CandidateFile, Verdict>();

beforeAll(async () => {
  for (const kernels of [bad, fine]) {
    for (const op of new Set(kernels.map((kernel) => kernel.op))) {
      const own = kernels.filter((kernel) => kernel.op === op);
      const oneIn = kernels === fine ? 5 : 1;
      const options = { seed: 20261125, oneIn, threads: 2, signal: new AbortController().signal, onProgress: () => {} };
      for (const [i, verdict] of (await judge(op, own, options)).entries()) verdicts.set(own[i], verdict);
    }
  }
}, 600_000);

const of = (kernel: CandidateFile) => verdicts.get(kernel) as Verdict;

describe('cheats fail for their stated reason', () => {
  test.each(bad.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
    expect(isStated(kernel, of(kernel)), `${verdictText(of(kernel))}, and not: ${kernel.reason}`).toBe(true);
  });

  test('they fail the command, and say how to see it again', () => {
    const failures = bad.flatMap((kernel) => {
      const verdict = of(kernel);
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
    expect(verdictText(of(kernel))).toBe('pass');
  });
});
