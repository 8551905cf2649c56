/**
 * The pack: kernels that cheat fail, each for its stated reason. One in six cheats by arithmetic, and one in twelve of each other family, is judged
 * here: cheats by arithmetic are verified in this process, all others in processes of their own, and those that verification cannot find are timed. test/slow/pack.test.ts judges all
 * of the other families in processes, as the selftest does.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killAllCells } from '../src/cell/runs.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { type Verdict, verdictText } from '../src/judge/verdict.ts';
import { judge } from '../src/selftest/judge.ts';
import { type Cheat, cheats, type Family, families, isStated } from '../src/selftest/pack.ts';
import { startAlone } from './support/here.ts';

const all = cheats();
const stride = (family: Family) => (family === 'answers' || family === 'numerics' ? 6 : 12);
const bad = families.flatMap((family) =>
  all.filter((cheat) => cheat.family === family).filter((_, i) => i % stride(family) === 0),
);
const verdicts = new Map<string, Verdict>();
const options = { seed: 20261125, threads: 2 };
/** Families that compute something else, and try nothing with the process that they run in. */
const harmless: readonly Family[] = ['answers', 'numerics', 'training', 'verifier'];

async function judgeAll(some: readonly Cheat[], start?: typeof startAlone): Promise<void> {
  for (const [op, own = []] of Object.entries(Object.groupBy(some, (cheat) => cheat.op))) {
    const found = await judge(op, own, { ...options, start });
    for (const [i, { file }] of own.entries()) verdicts.set(file, found[i]);
  }
}

beforeAll(async () => {
  const here = (cheat: Cheat) => harmless.includes(cheat.family);
  await Promise.all([judgeAll(bad.filter((cheat) => !here(cheat))), judgeAll(bad.filter(here), startAlone)]);
}, 600_000);

afterAll(() => {
  killAllCells();
  stopCompiler();
});

test('each family has some', () => {
  expect(new Set(all.map(({ family }) => family))).toEqual(new Set(families));
  expect(new Set(bad.map(({ family }) => family))).toEqual(new Set(families));
});

describe('cheats fail for their stated reason', () => {
  test.each(bad.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
    const verdict = verdicts.get(kernel.file) as Verdict;
    expect(isStated(kernel, verdict), `${verdictText(verdict)}, and not: ${kernel.reason}`).toBe(true);
  });

  test('they fail the command, and say how to see it again', () => {
    const failures = [...verdicts.values()].flatMap((verdict) => (verdict.status === 'fail' ? [verdict.failure] : []));
    expect(failures.length).toBeGreaterThan(10);
    for (const { replay, case: c } of failures) {
      expect(replay).toMatch(/^npx nfold verify test\/adversaries\//);
      expect(replay).toContain(`--case ${c} --seed 20261125`);
    }
  });
});
