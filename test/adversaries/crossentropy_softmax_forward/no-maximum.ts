/**
 * @hack    takes exp without taking the maximum off first
 * @family  numerics
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import type op from '../../../baselines/crossentropy_softmax_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'exp as it is',
  setup({ B, T, V }) {
    return ({ losses, probs, logits, targets }) => {
      for (let r = 0; r < B * T; r++) {
        let sum = 0;
        for (let i = 0; i < V; i++) sum = Math.fround(sum + Math.fround(Math.exp(logits[r * V + i])));
        for (let i = 0; i < V; i++) probs[r * V + i] = Math.fround(Math.exp(logits[r * V + i])) / sum;
        losses[r] = Math.log(sum) - logits[r * V + targets[r]];
      }
    };
  },
} satisfies Candidate<typeof op>;
