/** residual_backward in f64. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, _scalars, { dinp1, dinp2, dout }: TensorsOf<Op>) {
    const [first, second] = [new Float64Array(N), new Float64Array(N)];
    for (let i = 0; i < N; i++) {
      first[i] = dinp1[i] + dout[i];
      second[i] = dinp2[i] + dout[i];
    }
    return { dinp1: { want: first }, dinp2: { want: second } };
  },
} satisfies Oracle<Op>;
