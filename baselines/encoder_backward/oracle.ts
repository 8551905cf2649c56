/** encoder_backward in f64, from the definition; the scale of an element is the sum of its absolute terms. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ T, C }: DimsOf<Op>, _scalars, { dwte, dwpe, dout, inp }: TensorsOf<Op>) {
    const tokens = { want: Float64Array.from(dwte), scale: Float64Array.from(dwte, Math.abs) };
    const positions = { want: Float64Array.from(dwpe), scale: Float64Array.from(dwpe, Math.abs) };
    inp.forEach((id, bt) => {
      for (let c = 0; c < C; c++) {
        const d = dout[bt * C + c];
        for (const [gradient, row] of [
          [tokens, id],
          [positions, bt % T],
        ] as const) {
          gradient.want[row * C + c] += d;
          gradient.scale[row * C + c] += Math.abs(d);
        }
      }
    });
    return { dwte: tokens, dwpe: positions };
  },
} satisfies Oracle<Op>;
