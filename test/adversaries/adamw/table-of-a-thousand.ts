/**
 * @hack    has the corrections of bias of a thousand steps, and goes on with the last of them
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 */
import { adamw } from '../../../baselines/adamw/baseline.ts';
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'corrections as from a table',
  setup({ N }) {
    return ({ params, m, v, grads, step }, { learning_rate, beta1, beta2, eps, weight_decay }) =>
      adamw(params, m, v, grads, N, Math.min(step[0], 1000), learning_rate, beta1, beta2, eps, weight_decay);
  },
} satisfies Candidate<typeof op>;
