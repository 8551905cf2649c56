/** residual_forward in f64. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ N }: DimsOf<Op>, _scalars, { inp1, inp2 }: TensorsOf<Op>) {
    const want = new Float64Array(N);
    for (let i = 0; i < N; i++) want[i] = inp1[i] + inp2[i];
    return { out: { want } };
  },
} satisfies Oracle<Op>;
