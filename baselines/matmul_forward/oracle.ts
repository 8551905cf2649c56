/** matmul_forward in f64, element by element, with |inp| . |weight| + |bias| beside each: the scale of its rounding error. */
import type { DimsOf, Tensors, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/random.ts';
import { gridOf } from '../exact.ts';
import { sketch } from '../sketch.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C, OC }: DimsOf<Op>, _scalars, inputs: TensorsOf<Op>) {
    const want = new Float64Array(B * T * OC);
    const scale = new Float64Array(B * T * OC);
    const inp = Float64Array.from(inputs.inp);
    const weight = Float64Array.from(inputs.weight);
    for (let r = 0; r < B * T; r++) {
      for (let o = 0; o < OC; o++) {
        let sum = inputs.bias[o];
        let terms = Math.abs(sum);
        for (let i = 0; i < C; i++) {
          const product = inp[r * C + i] * weight[o * C + i];
          sum += product;
          terms += Math.abs(product);
        }
        want[r * OC + o] = sum;
        scale[r * OC + o] = terms;
      }
    }
    return { out: { want, scale } };
  },

  /** See ../sketch.ts. */
  sketch({ B, T, C, OC }: DimsOf<Op>, _scalars, { inp, weight, bias }: TensorsOf<Op>, after: Tensors, rng: Rng) {
    const product = {
      ...{ M: B * T, N: OC, K: C, alpha: 1 },
      rows: Float64Array.from(inp),
      columns: Float64Array.from(weight),
      before: (_: number, o: number) => bias[o],
      gridBefore: (_: number, o: number) => gridOf(bias[o]),
      got: (r: number, o: number) => after.out[r * OC + o],
    };
    return sketch(product, rng);
  },
} satisfies Oracle<Op>;
