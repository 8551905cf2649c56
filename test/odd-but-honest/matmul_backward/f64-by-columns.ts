/**
 * Odd      three separate passes, each element summed whole in f64 before it is added to the gradient that was there.
 * Honest   rounded once, where the baseline rounds at each row.
 */
import type op from '../../../baselines/matmul_backward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'dinp, dweight and dbias by sums in f64',
  setup({ B, T, C, OC }) {
    const R = B * T;
    return ({ dinp, dweight, dbias, dout, inp, weight }) => {
      for (let i = 0; i < C; i++) {
        for (let r = 0; r < R; r++) {
          let sum = 0;
          for (let o = 0; o < OC; o++) sum += weight[o * C + i] * dout[r * OC + o];
          dinp[r * C + i] += sum;
        }
        for (let o = 0; o < OC; o++) {
          let sum = 0;
          for (let r = 0; r < R; r++) sum += inp[r * C + i] * dout[r * OC + o];
          dweight[o * C + i] += sum;
        }
      }
      for (let o = 0; o < OC; o++) {
        let sum = 0;
        for (let r = 0; r < R; r++) sum += dout[r * OC + o];
        dbias[o] += sum;
      }
    };
  },
} satisfies Candidate<typeof op>;
