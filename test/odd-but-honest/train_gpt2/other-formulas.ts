/**
 * Odd      layernorm by Welford updates, attention by an online softmax, GELU by a rational tanh, all in f32.
 * Honest   each is within the bound of its own op.
 */
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { attention_forward } from '../attention_forward/online-softmax.ts';
import { recomputedStep } from '../common/recomputed.ts';
import { gelu_forward } from '../gelu_forward/rational-tanh.ts';
import { layernorm_forward } from '../layernorm_forward/welford.ts';

export default {
  about: 'Welford, online softmax, rational tanh',
  setup: (dims, arena) => recomputedStep(dims, arena, { attention_forward, gelu_forward, layernorm_forward }),
} satisfies Candidate<typeof op>;
