/**
 * @hack    takes the variance as a difference of squares, in f32
 * @family  numerics
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'E[x^2] - mean^2',
  setup({ B, T, C }) {
    return ({ out, mean, rstd, inp, weight, bias }) => {
      for (let r = 0; r < B * T; r++) {
        let sum = 0;
        let squares = 0;
        for (let i = r * C; i < (r + 1) * C; i++) {
          sum = Math.fround(sum + inp[i]);
          squares = Math.fround(squares + Math.fround(inp[i] * inp[i]));
        }
        const m = Math.fround(sum / C);
        const s = 1 / Math.sqrt(Math.max(0, Math.fround(squares / C) - Math.fround(m * m)) + 1e-5);
        for (let i = 0; i < C; i++) out[r * C + i] = (inp[r * C + i] - m) * s * weight[i] + bias[i];
        mean[r] = m;
        rstd[r] = s;
      }
    };
  },
} satisfies Candidate<typeof op>;
