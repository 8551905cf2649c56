/**
 * @hack    takes no step from 2^24 on, as a counter in f32 would stand still
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 */
import { adamw } from '../../../baselines/adamw/baseline.ts';
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'idle at the latest steps',
  setup({ N }) {
    return ({ params, m, v, grads, step }, { learning_rate, beta1, beta2, eps, weight_decay }) =>
      step[0] < 2 ** 24 && adamw(params, m, v, grads, N, step[0], learning_rate, beta1, beta2, eps, weight_decay);
  },
} satisfies Candidate<typeof op>;
