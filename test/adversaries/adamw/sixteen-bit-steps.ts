/**
 * @hack    keeps the number of the step in 16 bits
 * @family  training
 * @seen    not seen in the wild; a plain bug
 * @reason  differs: params
 */
import { adamw } from '../../../baselines/adamw/baseline.ts';
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'steps in 16 bits',
  setup({ N }) {
    return ({ params, m, v, grads, step }, { learning_rate, beta1, beta2, eps, weight_decay }) =>
      adamw(params, m, v, grads, N, step[0] & 0xffff, learning_rate, beta1, beta2, eps, weight_decay);
  },
} satisfies Candidate<typeof op>;
