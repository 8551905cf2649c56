/**
 * Hack     trains with a learning rate that is 1 % off
 * Caught   differs: params.wte
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'must fail: differs: params.wte',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => {
      step(t, { ...s, learning_rate: s.learning_rate * 1.01 });
    };
  },
} satisfies Candidate<typeof op>;
