/** A profile and a training beside a record of the training step. */
import { parseHTML } from 'linkedom';
import { render } from '../../src/draw/markup.ts';
import type { Runs } from '../../src/page/runs.ts';
import { type Section, sectionMarkup } from '../../src/page/section.ts';
import { subjectOf } from '../../src/page/subject.ts';
import type { KeptProfile } from '../../src/records/profile.ts';
import { recordOf } from '../../src/records/store.ts';
import type { Training } from '../../src/records/training.ts';
import { draft } from './draft.ts';

export const candidate = 'train_gpt2/mine-ts';
export const name = 'M64N64K64';

/** A record of the training step with two cases, 2x and 4x. */
export function record(about: Parameters<typeof draft>[0] = {}) {
  const text = JSON.stringify(draft({ candidate, ...about })).replaceAll('sgemm', 'train_gpt2');
  const made = JSON.parse(text.replace('"showsEssayResults":false', '"showsEssayResults":true'));
  return recordOf(made);
}

export const { createdAt, machine, runtime } = draft();
export const origin = { id: 'x', createdAt, machine, runtime, interrupted: false };

type Times = readonly (readonly [ops: string, timeNs: number])[];

export function step(times: Times, stepNs = 100) {
  const sumNs = times.reduce((sum, [, timeNs]) => sum + timeNs, 0);
  const ops = times.map(([ops, timeNs]) => ({ ops: ops.split(' ').filter(Boolean), timeNs, share: timeNs / sumNs }));
  return { stepNs, ops, sumNs };
}

export const baseline = step([
  ['matmul_forward', 30],
  ['gelu_forward', 4],
  ['gelu_backward', 5],
  ['matmul_backward', 60],
  ['', 1],
]);
export const fused = step(
  [
    ['matmul_forward gelu_forward', 3],
    ['gelu_backward', 1],
    ['matmul_backward', 5],
    ['', 1],
  ],
  10,
);

export function profile(about: Partial<KeptProfile> = {}, candidateStep: object = fused): KeptProfile {
  return {
    schema: 'nfold/profile@1',
    ...{ ...origin, effort: 'quick', seed: 1, text: 'a text' },
    variants: [
      { id: 'train_gpt2/baseline', hash: 'bbbb' },
      { id: candidate, hash: 'aaaa' },
    ],
    profiles: [
      { case: name, baseline, candidate: { id: candidate, threads: 2, ...fused, ...candidateStep }, amdahl: [] },
    ],
    ...about,
  };
}

export const compared = {
  steps: 4,
  tokensPerSecond: 10,
  largestDifference: 1e-3,
  at: 3,
  boundedSteps: 2,
  worst: 0.1,
  within: true,
};
export const losses: [number, number][] = [5, 4, 3, 2].map((loss, i) => [i + 1, loss]);

export function training(about: Partial<Training> = {}): Training {
  return {
    schema: 'nfold/training@1',
    ...{ ...origin, candidate, hash: 'aaaa', case: name, text: 'a text', seed: 1, threads: 2, resumedAt: 0 },
    ...{ steps: 4, timeNs: 1e9, tokensPerSecond: 1234.5, learningRate: 1e-3, losses },
    heldOut: [
      [0, 5.5],
      [4, 2.25],
    ],
    baseline: { ...compared, losses },
    ...about,
  };
}

export const subject = (runs: Partial<Runs> = {}, records = [record()]) =>
  subjectOf(records, records, { profiles: [], trainings: [], named: [], ...runs });

export const pageOf = (section: Section) => parseHTML(render(sectionMarkup(section))).document;
