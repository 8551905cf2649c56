/**
 * Odd      maximum and sum in one pass over a row, rescaled whenever a larger logit turns up; in f32.
 * Honest   the rescaling costs a rounding each time, and no more.
 * Source   Milakov and Gimelshein 2018, arXiv:1805.02867.
 */
import type op from '../../../baselines/crossentropy_softmax_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const { fround } = Math;

export default {
  about: 'online softmax in f32',
  setup({ B, T, V }) {
    return ({ losses, probs, logits, targets }) => {
      for (let r = 0; r < B * T; r++) {
        let most = Number.NEGATIVE_INFINITY;
        let sum = 0;
        for (let i = r * V; i < (r + 1) * V; i++) {
          if (logits[i] > most) {
            sum = fround(sum * fround(Math.exp(most - logits[i])));
            most = logits[i];
          }
          sum = fround(sum + fround(Math.exp(logits[i] - most)));
        }
        for (let i = r * V; i < (r + 1) * V; i++) probs[i] = fround(Math.exp(fround(logits[i] - most))) / sum;
        losses[r] = fround(fround(Math.log(sum)) + most) - logits[r * V + targets[r]];
      }
    };
  },
} satisfies Candidate<typeof op>;
