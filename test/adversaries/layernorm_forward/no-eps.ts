/**
 * @hack    leaves eps out
 * @family  numerics
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */

import { layernorm_forward } from '../../../baselines/layernorm_forward/baseline.ts';
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'no eps',
  setup({ B, T, C }) {
    return ({ out, mean, rstd, inp, weight, bias }) => {
      layernorm_forward(out, mean, rstd, inp, weight, bias, B, T, C);
      for (let r = 0; r < B * T; r++) rstd[r] = 1 / Math.sqrt(Math.max(0, rstd[r] ** -2 - 1e-5) || 1e-5);
    };
  },
} satisfies Candidate<typeof op>;
