/**
 * @hack    packs the rows of C where C alone is padded
 * @family  answers
 * @seen    not seen in the wild: all leading dimensions were padded by the same amount here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'padded everywhere or nowhere',
  setup(d) {
    const tight = d.lda === (d.transA ? d.M : d.K) && d.ldb === (d.transB ? d.K : d.N);
    return (t, { alpha, beta }) => gemm(tight ? { ...d, ldc: d.N } : d, alpha, beta, t);
  },
} satisfies Candidate<typeof op>;
