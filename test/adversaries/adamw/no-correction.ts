/**
 * @hack    leaves the correction of bias out, which late steps hide
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 */
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'no correction of bias',
  setup({ N }) {
    return ({ params, m, v, grads }, { learning_rate, beta1, beta2, eps, weight_decay }) => {
      for (let i = 0; i < N; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * grads[i];
        v[i] = beta2 * v[i] + (1 - beta2) * grads[i] * grads[i];
        params[i] -= learning_rate * (m[i] / (Math.sqrt(v[i]) + eps) + weight_decay * params[i]);
      }
    };
  },
} satisfies Candidate<typeof op>;
