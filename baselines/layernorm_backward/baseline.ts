/**
 * dinp += (g - mean(g) - n mean(g n)) rstd;  dweight += n dout;  dbias += dout
 *
 * with n = (inp - mean) rstd and g = weight dout, and the means of g over C.
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function layernorm_backward(
  dinp: Float32Array,
  dweight: Float32Array,
  dbias: Float32Array,
  dout: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  mean: Float32Array,
  rstd: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * C;
      const mean_bt = mean[b * T + t];
      const rstd_bt = rstd[b * T + t];
      let dnorm_mean = 0;
      let dnorm_norm_mean = 0;
      for (let i = 0; i < C; i++) {
        const norm = (inp[bt + i] - mean_bt) * rstd_bt;
        const dnorm = weight[i] * dout[bt + i];
        dnorm_mean += dnorm;
        dnorm_norm_mean += dnorm * norm;
      }
      dnorm_mean /= C;
      dnorm_norm_mean /= C;
      for (let i = 0; i < C; i++) {
        const d = dout[bt + i];
        const norm = (inp[bt + i] - mean_bt) * rstd_bt;
        dbias[i] += d;
        dweight[i] += norm * d;
        dinp[bt + i] += (weight[i] * d - dnorm_mean - norm * dnorm_norm_mean) * rstd_bt;
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C }) {
    return ({ dinp, dweight, dbias, dout, inp, weight, mean, rstd }) =>
      layernorm_backward(dinp, dweight, dbias, dout, inp, weight, mean, rstd, B, T, C);
  },
} satisfies Candidate<typeof op>;
