/** adamw in f64, parameter by parameter from the definition. */
import type { DimsOf, ScalarsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, s: ScalarsOf<Op>, { params, m, v, grads, step }: TensorsOf<Op>) {
    const after = { params: new Float64Array(N), m: new Float64Array(N), v: new Float64Array(N) };
    const unbias1 = 1 / (1 - s.beta1 ** step[0]);
    const unbias2 = 1 / (1 - s.beta2 ** step[0]);
    for (let i = 0; i < N; i++) {
      after.m[i] = s.beta1 * m[i] + (1 - s.beta1) * grads[i];
      after.v[i] = s.beta2 * v[i] + (1 - s.beta2) * grads[i] ** 2;
      const direction = (after.m[i] * unbias1) / (Math.sqrt(after.v[i] * unbias2) + s.eps);
      after.params[i] = params[i] - s.learning_rate * (direction + s.weight_decay * params[i]);
    }
    return { params: { want: after.params }, m: { want: after.m }, v: { want: after.v } };
  },
} satisfies Oracle<Op>;
