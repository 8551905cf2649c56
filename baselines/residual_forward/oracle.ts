/** residual_forward in f64. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, _scalars, { inp1, inp2 }: TensorsOf<Op>) {
    return { out: { want: Float64Array.from({ length: N }, (_, i) => inp1[i] + inp2[i]) } };
  },
} satisfies Oracle<Op>;
