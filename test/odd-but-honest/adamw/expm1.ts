/**
 * Odd      f32 throughout, but for the corrections of bias: -expm1(step log(beta)) in f64, without a power.
 * Honest   1 - beta^step, to more digits than the difference from 1 has.
 */
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const f = Math.fround;

export default {
  about: 'f32, corrections by expm1',
  setup({ N }) {
    return ({ params, m, v, grads, step }, s) => {
      const [correction1, correction2] = [s.beta1, s.beta2].map((beta) => f(-Math.expm1(step[0] * Math.log(beta))));
      const [take1, take2] = [f(1 - s.beta1), f(1 - s.beta2)];
      for (let i = 0; i < N; i++) {
        const [p, g] = [params[i], grads[i]];
        m[i] = f(s.beta1 * m[i]) + f(take1 * g);
        v[i] = f(s.beta2 * v[i]) + f(f(take2 * g) * g);
        const root = f(f(Math.sqrt(f(v[i] / correction2))) + s.eps);
        const moved = f(f(m[i] / correction1) / root);
        params[i] = p - f(s.learning_rate * f(moved + f(s.weight_decay * p)));
      }
    };
  },
} satisfies Candidate<typeof op>;
