/**
 * @hack    trains with a learning rate that is 1 % off
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params.wte
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'another learning rate',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => step(t, { ...s, learning_rate: s.learning_rate * 1.01 });
  },
} satisfies Candidate<typeof op>;
