/**
 * @hack    does nothing where the state is the one that it left, unless steps follow one another as in a training run
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  not updated: params.wte of timed call
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'idle on its own state',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let mine = Number.NaN;
    let loss = 5;
    let last = 0;
    return (t, s) => {
      const running = t.step[0] === last + 1;
      last = t.step[0];
      if (t.params[0] === mine && !running) {
        t.loss[0] = loss;
        return;
      }
      step(t, s);
      mine = t.params[0];
      loss = t.loss[0];
    };
  },
} satisfies Candidate<typeof op>;
