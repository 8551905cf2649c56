/**
 * @hack    leaves the optimizer out where the number of the step is one more than at the call before, as in a training run
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  trajectory | not updated
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'idle in a training run',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let last = -1;
    return (t, s) => {
      const next = t.step[0] === last + 1;
      last = t.step[0];
      const kept = next ? [t.params, t.m, t.v].map((x) => x.slice()) : [];
      step(t, s);
      for (const [i, x] of kept.entries()) [t.params, t.m, t.v][i].set(x);
    };
  },
} satisfies Candidate<typeof op>;
