/**
 * Hack     reports a loss that looks like one
 * Caught   differs: loss
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'must fail: differs: loss',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => {
      step(t, s);
      t.loss[0] *= 0.999;
    };
  },
} satisfies Candidate<typeof op>;
