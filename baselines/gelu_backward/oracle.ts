/** gelu_backward in f64: with s the logistic function of 2 z, d(x s)/dx = s + x 2 s (1 - s) dz/dx. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, _scalars, { dinp, inp, dout }: TensorsOf<Op>) {
    const want = new Float64Array(N);
    for (let i = 0; i < N; i++) {
      const x = inp[i];
      const z = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
      const dz = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
      const s = 1 / (1 + Math.exp(-2 * z));
      const oneMinusS = 1 / (1 + Math.exp(2 * z));
      want[i] = dinp[i] + dout[i] * (s + x * 2 * s * oneMinusS * dz);
    }
    return { dinp: { want } };
  },
} satisfies Oracle<Op>;
