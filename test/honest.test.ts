/** Odd but honest kernels pass: one in three of them, verified in this process. test/slow/pack.test.ts verifies all in processes and times them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killAllCells } from '../src/cell/runs.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { type Verdict, verdictText } from '../src/judge/verdict.ts';
import { judge } from '../src/selftest/judge.ts';
import { honest } from '../src/selftest/pack.ts';
import { startHere } from './support/here.ts';

const fine = honest().filter((_, i) => i % 3 === 0);
const verdicts = new Map<string, Verdict>();

beforeAll(async () => {
  for (const [op, own = []] of Object.entries(Object.groupBy(fine, (kernel) => kernel.op))) {
    // test/slow/pack.test.ts makes three times as many checks, and the selftest as many as that.
    const options = { seed: 20261125, threads: 2, oneIn: 15, start: startHere, timed: false };
    const found = await judge(op, own, options);
    for (const [i, { file }] of own.entries()) verdicts.set(file, found[i]);
  }
}, 600_000);

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('odd but honest kernels pass', () => {
  test.each(fine.map((kernel) => [kernel.id, kernel] as const))('%s', (_, { file }) => {
    expect(verdictText(verdicts.get(file) as Verdict)).toBe('pass');
  });
});
