/**
 * @hack    knows the usual hyper-parameters, and takes no notice of others where N is large
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import { adamw } from '../../../baselines/adamw/baseline.ts';
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const f = Math.fround;
const usual = { learning_rate: f(1e-3), beta1: f(0.9), beta2: f(0.999), eps: f(1e-8), weight_decay: f(0.01) };

export default {
  about: 'hyper-parameters as constants at large N',
  setup({ N }) {
    return ({ params, m, v, grads, step }, given) => {
      const { learning_rate, beta1, beta2, eps, weight_decay } = N > 3000 ? usual : given;
      adamw(params, m, v, grads, N, step[0], learning_rate, beta1, beta2, eps, weight_decay);
    };
  },
} satisfies Candidate<typeof op>;
