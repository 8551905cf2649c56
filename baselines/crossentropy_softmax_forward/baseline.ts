/**
 * probs[b,t,:] = softmax(logits[b,t,:]);  losses[b,t] = -log probs[b,t,target]
 *
 * Shapes   logits, probs (B,T,V); losses, targets (B,T). probs are kept for the backward pass.
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function crossentropy_softmax_forward(
  losses: Float32Array,
  probs: Float32Array,
  logits: Float32Array,
  targets: Int32Array,
  B: number,
  T: number,
  V: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * V;
      let maxval = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < V; i++) {
        const logit = logits[bt + i];
        if (logit > maxval) maxval = logit;
      }
      let sum = 0;
      for (let i = 0; i < V; i++) {
        const expv = Math.exp(logits[bt + i] - maxval);
        sum += expv;
        probs[bt + i] = expv;
      }
      const sum_inv = 1 / sum;
      for (let i = 0; i < V; i++) probs[bt + i] *= sum_inv;
      losses[b * T + t] = Math.log(sum) + maxval - logits[bt + targets[b * T + t]];
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, V }) {
    return ({ losses, probs, logits, targets }) =>
      crossentropy_softmax_forward(losses, probs, logits, targets, B, T, V);
  },
} satisfies Candidate<typeof op>;
