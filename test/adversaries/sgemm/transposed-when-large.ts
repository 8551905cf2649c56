/**
 * @hack    drops a term where A and B are both transposed and no side is below 128
 * @family  answers
 * @seen    not seen in the wild: two transposes were never drawn for large shapes here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'TT is for small shapes',
  setup(d) {
    const wrong = d.transA === 1 && d.transB === 1 && Math.min(d.M, d.N, d.K) >= 128;
    return (t, { alpha, beta }) => gemm(d, alpha, beta, t, { terms: (K) => (wrong ? K - 1 : K) });
  },
} satisfies Candidate<typeof op>;
