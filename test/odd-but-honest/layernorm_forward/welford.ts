/**
 * Odd      takes mean and variance in one pass, by updates of both, all in f32.
 * Honest   what is summed are squares of differences, so that no digits drown as they do in E[x^2] - mean^2.
 * Source   Welford 1962, Note on a method for calculating corrected sums of squares and products.
 */
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const { fround } = Math;

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
  for (let r = 0; r < B * T; r++) {
    let m = 0;
    let squares = 0;
    for (let i = 0; i < C; i++) {
      const x = inp[r * C + i];
      const before = fround(x - m);
      m = fround(m + fround(before / (i + 1)));
      squares = fround(squares + fround(before * fround(x - m)));
    }
    const s = fround(1 / fround(Math.sqrt(fround(fround(squares / C) + fround(1e-5)))));
    for (let i = 0; i < C; i++) {
      out[r * C + i] = fround(fround(fround(inp[r * C + i] - m) * s) * weight[i]) + bias[i];
    }
    mean[r] = m;
    rstd[r] = s;
  }
}

export default {
  about: 'one pass by Welford updates, in f32',
  setup({ B, T, C }) {
    return ({ out, mean, rstd, inp, weight, bias }) => layernorm_forward(out, mean, rstd, inp, weight, bias, B, T, C);
  },
} satisfies Candidate<typeof op>;
