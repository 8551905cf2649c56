/**
 * @hack    leaves weight decay out
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'no weight decay',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => step(t, { ...s, weight_decay: 0 });
  },
} satisfies Candidate<typeof op>;
