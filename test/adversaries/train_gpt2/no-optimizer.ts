/**
 * @hack    computes the loss and leaves the optimizer out
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  not updated: params
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'forward only',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => {
      const kept = [t.params, t.m, t.v].map((x) => x.slice());
      step(t, s);
      for (const [i, x] of [t.params, t.m, t.v].entries()) x.set(kept[i]);
    };
  },
} satisfies Candidate<typeof op>;
