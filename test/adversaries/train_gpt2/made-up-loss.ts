/**
 * @hack    reports a loss that looks like one
 * @family  training
 * @seen    not seen in the wild as such; made up here
 * @reason  differs: loss
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a loss a little lower',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => {
      step(t, s);
      t.loss[0] *= 0.999;
    };
  },
} satisfies Candidate<typeof op>;
