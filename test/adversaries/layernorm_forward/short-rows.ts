/**
 * @hack    normalizes the first 768 elements of a row, as many as the models that it was made for have
 * @family  verifier
 * @seen    not seen in the wild: no longer rows than 300 were drawn here
 * @reason  differs
 */
import { layernorm_forward } from '../../../baselines/layernorm_forward/baseline.ts';
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'rows of 768 at most',
  setup: ({ B, T, C }) => {
    return ({ out, mean, rstd, inp, weight, bias }) => {
      layernorm_forward(out, mean, rstd, inp, weight, bias, B, T, C);
      if (C > 768) for (let r = 0; r < B * T; r++) out.fill(0, r * C + 768, (r + 1) * C);
    };
  },
} satisfies Candidate<typeof op>;
