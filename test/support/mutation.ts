/** Which cheat gets through where a check is left out. */
import { expect } from 'vitest';
import type { CheckName } from '../../src/judge/checks.ts';
import { verdictText } from '../../src/judge/verdict.ts';
import { judge } from '../../src/selftest/judge.ts';
import { cheats } from '../../src/selftest/pack.ts';
import { startAlone } from './here.ts';
import { timedPacked } from './timed.ts';

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
  steps: 'train_gpt2/where-it-left-off',
  late: 'sgemm/clears-ahead',
};

export const mutations = Object.entries(through) as [CheckName, string][];

/** Those whose cheat only timed calls find. */
const ofTimedCalls: readonly CheckName[] = ['sketch', 'full', 'canary', 'steps'];

export async function expectThrough(check: CheckName, id: string): Promise<void> {
  const kernels = cheats().filter((cheat) => cheat.id === id);
  expect(kernels).toHaveLength(1);
  const [cheat] = kernels;
  const conditions = { threads: 2, seed: 20261125, without: [check] };
  const [verified] = await judge(cheat.op, kernels, { ...conditions, start: startAlone, oneIn: 4, timed: false });
  expect(verdictText(verified)).toBe('pass');
  if (!ofTimedCalls.includes(check)) return;
  // Which timed calls are compared in full is drawn anew each time: often enough, none of the wrong ones is.
  for (let tries = 30; ; tries--) {
    const verdict = await timedPacked(cheat, conditions);
    if (verdict.status !== 'pass' && tries > 1) continue;
    expect(verdictText(verdict)).toBe('pass');
    return;
  }
}
