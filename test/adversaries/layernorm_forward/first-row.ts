/**
 * @hack    takes mean and deviation of the first row for all of them
 * @family  answers
 * @seen    Infatoshi/kernelbench.com pull request 7: samples in place of all
 * @reason  differs
 */

import { layernorm_forward } from '../../../baselines/layernorm_forward/baseline.ts';
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'statistics of one row',
  setup({ B, T, C }) {
    return ({ out, mean, rstd, inp, weight, bias }) => {
      layernorm_forward(out, mean, rstd, inp, weight, bias, B, T, C);
      mean.fill(mean[0]);
      rstd.fill(rstd[0]);
      for (let i = 0; i < out.length; i++) out[i] = (inp[i] - mean[0]) * rstd[0] * weight[i % C] + bias[i % C];
    };
  },
} satisfies Candidate<typeof op>;
