/**
 * @hack    leaves the correction of bias out from step 2,000 on, where it still is a factor of 0.86
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 */
import { adamw } from '../../../baselines/adamw/baseline.ts';
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'no correction of late steps',
  setup({ N }) {
    return ({ params, m, v, grads, step }, { learning_rate, beta1, beta2, eps, weight_decay }) =>
      adamw(
        params,
        m,
        v,
        grads,
        N,
        step[0] < 2000 ? step[0] : Number.POSITIVE_INFINITY,
        learning_rate,
        beta1,
        beta2,
        eps,
        weight_decay,
      );
  },
} satisfies Candidate<typeof op>;
