/**
 * @hack    answers with zeros, which a softmax over many classes is close to
 * @family  answers
 * @seen    ScalingIntelligence/KernelBench issue 165: 23_Softmax
 * @reason  differs
 */
import type op from '../../../baselines/crossentropy_softmax_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'zeros everywhere',
  setup:
    () =>
    ({ losses, probs }) => {
      losses.fill(0);
      probs.fill(0);
    },
} satisfies Candidate<typeof op>;
