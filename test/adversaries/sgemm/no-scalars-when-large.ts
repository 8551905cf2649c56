/**
 * @hack    takes no notice of alpha, beta and padding where the product is larger than any edge
 * @family  answers
 * @seen    not seen in the wild: it got through until timed shapes were verified under other scalars as well
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'scalars where they are looked at',
  setup(d) {
    const large = d.M * d.N * d.K > 4e6;
    return (t, { alpha, beta }) => (large ? gemm({ ...d, ldc: d.N }, 1, 0, t) : gemm(d, alpha, beta, t));
  },
} satisfies Candidate<typeof op>;
