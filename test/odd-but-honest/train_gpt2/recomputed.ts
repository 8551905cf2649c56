/**
 * Odd      keeps the input of each layer alone and computes its activations a second time in the backward pass.
 * Honest   the same numbers twice; memory for time.
 */
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { recomputedStep } from '../common/recomputed.ts';

export default {
  about: 'activations recomputed layer by layer',
  setup: (dims, arena) => recomputedStep(dims, arena),
} satisfies Candidate<typeof op>;
