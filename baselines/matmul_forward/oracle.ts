/** matmul_forward in f64, element by element, with |inp| . |weight| + |bias| beside each: the scale of its rounding error. */
import type { DimsOf, Tensors, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/rng.ts';
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

  /**
   * One random projection of a result, |p| in [1, 2) with random signs: |out p - inp (weight^T p) - bias . p|, row by row. Honest errors
   * of a row have mixed signs, so that OC of them add up as sqrt(OC): the unit is the sum of their bounds / sqrt(OC).
   * Source: Freivalds 1977.
   */
  sketch({ B, T, C, OC }: DimsOf<Op>, _scalars, { inp, weight, bias }: TensorsOf<Op>, after: Tensors, rng: Rng) {
    const p = Float64Array.from({ length: OC }, () => (rng.bits() & 1 ? 1 : -1) * (1 + rng.unit()));
    const projected = new Float64Array(C);
    const absolute = new Float64Array(C);
    let biases = 0;
    let absoluteBiases = 0;
    for (let o = 0; o < OC; o++) {
      biases += bias[o] * p[o];
      absoluteBiases += Math.abs(bias[o] * p[o]);
      for (let i = 0; i < C; i++) {
        projected[i] += weight[o * C + i] * p[o];
        absolute[i] += Math.abs(weight[o * C + i] * p[o]);
      }
    }
    const unit = ((2 * Math.sqrt(C) + 8) * 2 ** -24) / Math.sqrt(OC);
    let worst = 0;
    for (let r = 0; r < B * T; r++) {
      let got = 0;
      for (let o = 0; o < OC; o++) got += after.out[r * OC + o] * p[o];
      let want = biases;
      let scale = absoluteBiases;
      for (let i = 0; i < C; i++) {
        want += inp[r * C + i] * projected[i];
        scale += Math.abs(inp[r * C + i]) * absolute[i];
      }
      const error = got === want ? 0 : Math.abs(got - want) / (unit * scale);
      // A NaN gets in, and once in it stays.
      if (!(error <= worst) && !Number.isNaN(worst)) worst = error;
    }
    return worst;
  },
} satisfies Oracle<Op>;
