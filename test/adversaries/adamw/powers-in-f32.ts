/**
 * @hack    takes the powers of beta in f32: next to 1 they lose up to ten bits in 1 - power
 * @family  numerics
 * @seen    powf in CUDA kernels of AdamW
 * @reason  differs: params
 */
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const f = Math.fround;

export default {
  about: 'powers of beta rounded to f32',
  setup({ N }) {
    return ({ params, m, v, grads, step }, s) => {
      const [correction1, correction2] = [s.beta1, s.beta2].map((beta) => f(1 - f(beta ** step[0])));
      for (let i = 0; i < N; i++) {
        m[i] = s.beta1 * m[i] + (1 - s.beta1) * grads[i];
        v[i] = s.beta2 * v[i] + (1 - s.beta2) * grads[i] * grads[i];
        const moved = m[i] / correction1 / (Math.sqrt(v[i] / correction2) + s.eps);
        params[i] -= s.learning_rate * (moved + s.weight_decay * params[i]);
      }
    };
  },
} satisfies Candidate<typeof op>;
