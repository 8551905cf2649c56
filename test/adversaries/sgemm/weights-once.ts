/**
 * @hack    lays B out at the first call and keeps it
 * @family  answers
 * @seen    Infatoshi/kernelbench.com pull request 7: stale preprocessing
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'B of the first call',
  setup(d) {
    let weights: Float32Array | null = null;
    return (t, { alpha, beta }) => {
      weights ??= t.B.slice();
      gemm(d, alpha, beta, { ...t, B: weights });
    };
  },
} satisfies Candidate<typeof op>;
