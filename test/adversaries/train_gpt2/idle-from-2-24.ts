/**
 * @hack    takes no step from 2^24 on, and says that the loss is what it was
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  not updated
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'idle at the latest steps',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let last = 5;
    return (t, s) => {
      if (t.step[0] < 2 ** 24) step(t, s);
      else t.loss[0] = last;
      last = t.loss[0];
    };
  },
} satisfies Candidate<typeof op>;
