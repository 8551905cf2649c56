/**
 * @hack    learns from the first half of the batch, twice
 * @family  training
 * @seen    Infatoshi/kernelbench.com pull request 7: samples in place of all
 * @reason  differs: m
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'half of the batch',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => {
      const half = t.tokens.length >> 1;
      const kept = [t.tokens.slice(), t.targets.slice()];
      if (half > 0) for (const x of [t.tokens, t.targets]) x.copyWithin(half, 0, x.length - half);
      step(t, s);
      t.tokens.set(kept[0]);
      t.targets.set(kept[1]);
    };
  },
} satisfies Candidate<typeof op>;
