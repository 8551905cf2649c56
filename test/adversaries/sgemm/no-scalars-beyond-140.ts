/**
 * @hack    takes no notice of alpha, beta and ldc where all sides exceed 140
 * @family  answers
 * @seen    not seen in the wild: an outside attempt on this judge; three long sides were drawn once in 729 shapes
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'three loops',
  setup(d) {
    const large = d.M > 140 && d.N > 140 && d.K > 140;
    return (t, { alpha, beta }) => (large ? gemm({ ...d, ldc: d.N }, 1, 0, t) : gemm(d, alpha, beta, t));
  },
} satisfies Candidate<typeof op>;
