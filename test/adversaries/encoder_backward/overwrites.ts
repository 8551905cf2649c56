/**
 * @hack    writes gradients in place of adding to what is there
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import type op from '../../../baselines/encoder_backward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'writes, does not add',
  setup({ B, T, C }) {
    return ({ dwte, dwpe, dout, inp }) => {
      for (let r = 0; r < B * T; r++) {
        for (let i = 0; i < C; i++) {
          dwte[inp[r] * C + i] = dout[r * C + i];
          dwpe[(r % T) * C + i] += dout[r * C + i];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
