/**
 * No check is decoration: each of them is left out in turn, and then a cheat of the pack gets through that fails with all of them in
 * place, as test/pack.test.ts shows.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { killAllCells } from '../src/cell/cell.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import type { CheckName } from '../src/judge/checks.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { judge } from '../src/selftest/judge.ts';
import { cheats } from '../src/selftest/pack.ts';

/** Who gets through without it. */
const through: Readonly<Record<CheckName, string>> = {
  edges: 'sgemm/no-beta-without-terms',
  'drawn shapes': 'sgemm/known-shapes',
  truth: 'layernorm_forward/one-pass',
  exact: 'sgemm/short-results',
  earlier: 'sgemm/packed-once-when-odd',
  repeat: 'sgemm/unsteady',
  poison: 'attention_forward/leaves-the-mask',
  noise: 'sgemm/clean-scratch',
  guards: 'sgemm/overruns',
  inputs: 'sgemm/zeroes-input',
  trajectory: 'train_gpt2/one-step-after-another',
  sketch: 'sgemm/one-call-in-four',
  full: 'sgemm/a-little-off',
  canary: 'sgemm/canary-blind',
  carried: 'train_gpt2/where-it-left-off',
  late: 'sgemm/clears-ahead',
};

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('without a check', () => {
  test.each(Object.entries(through) as [CheckName, string][])('%s, %s gets through', async (check, id) => {
    const kernels = cheats().filter((cheat) => cheat.id === id);
    expect(kernels).toHaveLength(1);
    // Under this seed none of the calls that are wrong is one of those that are compared in full.
    const seed = check === 'sketch' ? 6 : 20261125;
    const options = { seed, threads: 2, signal: new AbortController().signal, onProgress: () => {} };
    const [verdict] = await judge(kernels[0].op, kernels, { ...options, without: [check] });
    expect(verdictText(verdict)).toBe('pass');
  });
});
