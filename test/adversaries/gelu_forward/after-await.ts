/**
 * @hack    returns a promise and does the work in a microtask, when the clock has been read
 * @family  clock
 * @seen    wafer.ai/blog/reward-hacks-field-guide: lazy evaluation; in JavaScript an async function is all it takes
 * @reason  differs
 */
import { gelu_forward } from '../../../baselines/gelu_forward/baseline.ts';
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'computes after an await',
  setup:
    ({ N }) =>
    async ({ out, inp }) => {
      await null;
      gelu_forward(out, inp, N);
    },
} satisfies Candidate<typeof op>;
