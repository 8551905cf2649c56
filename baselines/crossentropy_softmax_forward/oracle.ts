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
      const row = Float64Array.from(logits.subarray(r * V, (r + 1) * V));
      const most = Math.max(...row);
      const powers = row.map((l) => Math.exp(l - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      probs.set(
        powers.map((power) => power / sum),
        r * V,
      );
      losses[r] = Math.log(sum) + (most - row[targets[r]]);
    }
    return { losses: { want: losses }, probs: { want: probs } };
  },
} satisfies Oracle<Op>;
