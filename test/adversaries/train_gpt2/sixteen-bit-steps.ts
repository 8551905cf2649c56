/**
 * @hack    keeps the number of the step in 16 bits
 * @family  training
 * @seen    not seen in the wild; a plain bug
 * @reason  differs: params
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'steps in 16 bits',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    const short = Int32Array.of(0);
    return (t, s) => {
      short[0] = t.step[0] & 0xffff;
      step({ ...t, step: short }, s);
    };
  },
} satisfies Candidate<typeof op>;
