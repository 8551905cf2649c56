/**
 * The baseline of rmsnorm_forward: the plain version that every speedup is a multiple of. Once there are records of it, leave it as it is.
 */
import type { Candidate } from 'nfold/contract';
import type op from './op.ts';

export function rmsnorm(
  out: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  const eps = 1e-5;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * C;
      let sum = 0;
      for (let i = 0; i < C; i++) {
        const x = inp[bt + i];
        sum += x * x;
      }
      const r = 1 / Math.sqrt(sum / C + eps);
      for (let i = 0; i < C; i++) out[bt + i] = inp[bt + i] * r * weight[i];
    }
  }
}

export default {
  about: 'plain loops, a row at a time',
  setup({ B, T, C }) {
    return ({ out, inp, weight }) => rmsnorm(out, inp, weight, B, T, C);
  },
} satisfies Candidate<typeof op>;
