/**
 * @hack    packs the weights at the first call and keeps them, since weights do not change
 * @family  answers
 * @seen    Infatoshi/kernelbench.com pull request 7: stale preprocessing
 * @reason  differs
 */

import { matmul_forward } from '../../../baselines/matmul_forward/baseline.ts';
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'weights of the first call',
  setup({ B, T, C, OC }) {
    let packed: Float32Array | null = null;
    return ({ out, inp, weight, bias }) => {
      packed ??= weight.slice();
      matmul_forward(out, inp, packed, bias, B, T, C, OC);
    };
  },
} satisfies Candidate<typeof op>;
