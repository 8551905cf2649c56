/** encoder_forward in f64, element by element from the definition. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C }: DimsOf<Op>, _scalars, { inp, wte, wpe }: TensorsOf<Op>) {
    const want = new Float64Array(B * T * C);
    want.forEach((_, i) => {
      const c = i % C;
      const bt = Math.floor(i / C);
      want[i] = wte[inp[bt] * C + c] + wpe[(bt % T) * C + c];
    });
    return { out: { want } };
  },
} satisfies Oracle<Op>;
