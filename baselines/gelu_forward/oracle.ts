/** gelu_forward in f64: x times the logistic function of 2 z, which keeps its digits where 1 + tanh(z) cancels. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, _scalars, { inp }: TensorsOf<Op>) {
    const want = new Float64Array(N);
    for (let i = 0; i < N; i++) {
      const z = Math.sqrt(2 / Math.PI) * (inp[i] + 0.044715 * inp[i] ** 3);
      want[i] = inp[i] / (1 + Math.exp(-2 * z));
    }
    return { out: { want } };
  },
} satisfies Oracle<Op>;
