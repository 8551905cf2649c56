/**
 * Odd      goes through the sequences of the batch from the last to the first, so that every sum over the batch has another order.
 * Honest   the loss is a mean over the batch, in whatever order.
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'the batch backwards',
  setup(dims, arena) {
    const { B, T } = dims;
    const step = baseline.setup(dims, arena);
    const [tokens, targets] = [arena.i32(B * T), arena.i32(B * T)];
    return (t, scalars) => {
      for (let b = 0; b < B; b++) {
        tokens.set(t.tokens.subarray(b * T, (b + 1) * T), (B - 1 - b) * T);
        targets.set(t.targets.subarray(b * T, (b + 1) * T), (B - 1 - b) * T);
      }
      step({ ...t, tokens, targets }, scalars);
    };
  },
} satisfies Candidate<typeof op>;
