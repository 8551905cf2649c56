/**
 * dlogits[b,t,:] += (probs[b,t,:] - onehot(target)) dlosses[b,t]
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function crossentropy_softmax_backward(
  dlogits: Float32Array,
  dlosses: Float32Array,
  probs: Float32Array,
  targets: Int32Array,
  B: number,
  T: number,
  V: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * V;
      const dloss = dlosses[b * T + t];
      const ix = targets[b * T + t];
      for (let i = 0; i < V; i++) {
        const indicator = i === ix ? 1 : 0;
        dlogits[bt + i] += (probs[bt + i] - indicator) * dloss;
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, V }) {
    return ({ dlogits, dlosses, probs, targets }) =>
      crossentropy_softmax_backward(dlogits, dlosses, probs, targets, B, T, V);
  },
} satisfies Candidate<typeof op>;
