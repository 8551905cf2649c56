/**
 * @hack    takes x / (1 + exp(-1.702 x)), which looks like gelu
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'another gelu',
  setup:
    ({ N }) =>
    ({ out, inp }) => {
      for (let i = 0; i < N; i++) out[i] = inp[i] / (1 + Math.exp(-1.702 * inp[i]));
    },
} satisfies Candidate<typeof op>;
