/**
 * out[b,t,:] = (inp[b,t,:] - mean[b,t]) * rstd[b,t] * weight + bias
 *
 * Shapes   inp, out (B,T,C); weight, bias (C); mean, rstd (B,T), kept for the backward pass.
 * Numerics variance divides by C; eps = 1e-5 inside the root.
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function layernorm_forward(
  out: Float32Array,
  mean: Float32Array,
  rstd: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  const eps = 1e-5;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const inp_bt = (b * T + t) * C;
      const out_bt = (b * T + t) * C;
      let m = 0;
      for (let i = 0; i < C; i++) m += inp[inp_bt + i];
      m /= C;
      let v = 0;
      for (let i = 0; i < C; i++) {
        const xshift = inp[inp_bt + i] - m;
        v += xshift * xshift;
      }
      v /= C;
      const s = 1 / Math.sqrt(v + eps);
      for (let i = 0; i < C; i++) out[out_bt + i] = (inp[inp_bt + i] - m) * s * weight[i] + bias[i];
      mean[b * T + t] = m;
      rstd[b * T + t] = s;
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C }) {
    return ({ out, mean, rstd, inp, weight, bias }) => layernorm_forward(out, mean, rstd, inp, weight, bias, B, T, C);
  },
} satisfies Candidate<typeof op>;
