/**
 * @hack    updates v at every other call
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  not updated: v.wte
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'v now and then',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let calls = 0;
    return (t, s) => {
      const v = t.v.slice();
      step(t, s);
      if (calls++ % 2 === 1) t.v.set(v);
    };
  },
} satisfies Candidate<typeof op>;
