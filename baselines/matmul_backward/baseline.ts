/**
 * For each b, t, o, d = dout[b,t,o]:  dinp[b,t,:] += d weight[o,:];  dweight[o,:] += d inp[b,t,:];  dbias[o] += d
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function matmul_backward(
  dinp: Float32Array,
  dweight: Float32Array,
  dbias: Float32Array | null,
  dout: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  B: number,
  T: number,
  C: number,
  OC: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const dout_bt = (b * T + t) * OC;
      const bt = (b * T + t) * C;
      for (let o = 0; o < OC; o++) {
        const wrow = o * C;
        const d = dout[dout_bt + o];
        if (dbias !== null) dbias[o] += d;
        for (let i = 0; i < C; i++) {
          dinp[bt + i] += weight[wrow + i] * d;
          dweight[wrow + i] += inp[bt + i] * d;
        }
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C, OC }) {
    return ({ dinp, dweight, dbias, dout, inp, weight }) =>
      matmul_backward(dinp, dweight, dbias, dout, inp, weight, B, T, C, OC);
  },
} satisfies Candidate<typeof op>;
