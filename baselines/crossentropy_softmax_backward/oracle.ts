/** crossentropy_softmax_backward in f64, element by element from the definition. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, V }: DimsOf<Op>, _scalars, { dlogits, dlosses, probs, targets }: TensorsOf<Op>) {
    const want = new Float64Array(B * T * V);
    for (let r = 0; r < B * T; r++) {
      for (let i = 0; i < V; i++) {
        const onehot = targets[r] === i ? 1 : 0;
        want[r * V + i] = dlogits[r * V + i] + (probs[r * V + i] - onehot) * dlosses[r];
      }
    }
    return { dlogits: { want } };
  },
} satisfies Oracle<Op>;
