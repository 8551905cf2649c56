/**
 * @hack    drops the last term of sums of more than 600
 * @family  verifier
 * @seen    not seen in the wild: follows from the shapes that were drawn here, of which few had so long a K
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: '600 terms are enough',
  setup:
    (d) =>
    (t, { alpha, beta }) =>
      gemm(d, alpha, beta, t, { terms: (K) => (K > 600 ? K - 1 : K) }),
} satisfies Candidate<typeof op>;
