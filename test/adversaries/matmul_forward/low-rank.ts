/**
 * @hack    multiplies by the first half of the columns, scaled
 * @family  numerics
 * @seen    Infatoshi/kernelbench.com pull request 7: a short prefix in place of all
 * @reason  differs
 */
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'half of the columns',
  setup({ B, T, C, OC }) {
    return ({ out, inp, weight, bias }) => {
      for (let r = 0; r < B * T; r++) {
        for (let o = 0; o < OC; o++) {
          let sum = 0;
          for (let i = 0; i < C / 2; i++) sum += inp[r * C + i] * weight[o * C + i];
          out[r * OC + o] = 2 * sum + bias[o];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
