/**
 * @hack    sums one term fewer than K
 * @family  numerics
 * @seen    Infatoshi/kernelbench.com pull request 7: truncated history
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'K - 1 terms',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { terms: (K) => Math.max(0, K - 1) });
    },
} satisfies Candidate<typeof op>;
