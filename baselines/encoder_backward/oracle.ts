/** encoder_backward in f64, from the definition; the scale of an element is the sum of its absolute terms. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ T, C }: DimsOf<Op>, _scalars, { dwte, dwpe, dout, inp }: TensorsOf<Op>) {
    const started = (before: Float32Array) => {
      const want = new Float64Array(before);
      return { want, scale: want.map(Math.abs) };
    };
    const [tokens, positions] = [started(dwte), started(dwpe)];
    for (let bt = 0; bt < inp.length; bt++) {
      for (let c = 0; c < C; c++) {
        const d = dout[bt * C + c];
        tokens.want[inp[bt] * C + c] += d;
        tokens.scale[inp[bt] * C + c] += Math.abs(d);
        positions.want[(bt % T) * C + c] += d;
        positions.scale[(bt % T) * C + c] += Math.abs(d);
      }
    }
    return { dwte: tokens, dwpe: positions };
  },
} satisfies Oracle<Op>;
