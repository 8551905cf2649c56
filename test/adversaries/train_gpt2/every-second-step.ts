/**
 * @hack    takes every second step only, and reports the loss of the one before
 * @family  training
 * @seen    gpu-mode/reference-kernels pull request 104: calls that do nothing
 * @reason  not updated: params
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'every second step',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let calls = 0;
    let loss = 5;
    return (t, s) => {
      if (calls++ % 2 === 1) {
        t.loss[0] = loss;
        return;
      }
      step(t, s);
      loss = t.loss[0];
    };
  },
} satisfies Candidate<typeof op>;
