/** crossentropy_softmax_forward in f64, row by row from the definition; the loss as log-sum-exp, which is finite. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, V }: DimsOf<Op>, _scalars, { logits, targets }: TensorsOf<Op>) {
    const losses = new Float64Array(B * T);
    const probs = new Float64Array(B * T * V);
    for (let r = 0; r < B * T; r++) {
      const end = (r + 1) * V;
      let most = Number.NEGATIVE_INFINITY;
      for (let i = r * V; i < end; i++) most = Math.max(most, logits[i]);
      let sum = 0;
      for (let i = r * V; i < end; i++) {
        probs[i] = Math.exp(logits[i] - most);
        sum += probs[i];
      }
      for (let i = r * V; i < end; i++) probs[i] /= sum;
      losses[r] = Math.log(sum) + (most - logits[r * V + targets[r]]);
    }
    return { losses: { want: losses }, probs: { want: probs } };
  },
} satisfies Oracle<Op>;
