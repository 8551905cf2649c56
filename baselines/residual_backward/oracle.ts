/** residual_backward in f64. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, _scalars, { dinp1, dinp2, dout }: TensorsOf<Op>) {
    return {
      dinp1: { want: Float64Array.from({ length: N }, (_, i) => dinp1[i] + dout[i]) },
      dinp2: { want: Float64Array.from({ length: N }, (_, i) => dinp2[i] + dout[i]) },
    };
  },
} satisfies Oracle<Op>;
