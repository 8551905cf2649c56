/**
 * @hack    has the corrections of bias of a thousand steps, and goes on with the last of them
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'corrections as from a table',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    const known = Int32Array.of(0);
    return (t, s) => {
      known[0] = Math.min(t.step[0], 1000);
      step({ ...t, step: known }, s);
    };
  },
} satisfies Candidate<typeof op>;
