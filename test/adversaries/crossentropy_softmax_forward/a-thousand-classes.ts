/**
 * @hack    takes the maximum of the first thousand logits
 * @family  numerics
 * @seen    not seen in the wild: no V beyond 400 was drawn here
 * @reason  differs
 */
import type op from '../../../baselines/crossentropy_softmax_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'the maximum of a thousand',
  setup({ B, T, V }) {
    return ({ losses, probs, logits, targets }) => {
      for (let r = 0; r < B * T; r++) {
        const row = logits.subarray(r * V, (r + 1) * V);
        let most = row[0];
        for (let i = 1; i < Math.min(V, 1000); i++) most = Math.max(most, row[i]);
        let sum = 0;
        for (let i = 0; i < V; i++) sum += probs[r * V + i] = Math.exp(row[i] - most);
        for (let i = 0; i < V; i++) probs[r * V + i] = Math.fround(Math.exp(row[i] - most)) / sum;
        losses[r] = Math.log(sum) + most - row[targets[r]];
      }
    };
  },
} satisfies Candidate<typeof op>;
