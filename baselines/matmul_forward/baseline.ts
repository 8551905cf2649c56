/**
 * out[b,t,o] = bias[o] + inp[b,t,:] . weight[o,:]       inp (B,T,C); weight (OC,C); bias (OC) or null; out (B,T,OC)
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function matmul_forward(
  out: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  bias: Float32Array | null,
  B: number,
  T: number,
  C: number,
  OC: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const out_bt = (b * T + t) * OC;
      const inp_bt = (b * T + t) * C;
      for (let o = 0; o < OC; o++) {
        const wrow = o * C;
        let val = bias !== null ? bias[o] : 0;
        for (let i = 0; i < C; i++) val += inp[inp_bt + i] * weight[wrow + i];
        out[out_bt + o] = val;
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C, OC }) {
    return ({ out, inp, weight, bias }) => matmul_forward(out, inp, weight, bias, B, T, C, OC);
  },
} satisfies Candidate<typeof op>;
