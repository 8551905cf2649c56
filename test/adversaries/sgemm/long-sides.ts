/**
 * @hack    is right where no side is longer than 140, which drawn shapes never were, and on the timed shapes; drops a term elsewhere
 * @family  verifier
 * @seen    not seen in the wild: follows from the shapes that were drawn here; it got through until one side was drawn longer
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'wrong where a side is long and odd',
  setup(d) {
    const sides = [d.M, d.N, d.K];
    const known = Math.max(...sides) <= 140 || sides.every((side) => side % 64 === 0);
    return (t, { alpha, beta }) => gemm(d, alpha, beta, t, { terms: (K) => (known ? K : K - 1) });
  },
} satisfies Candidate<typeof op>;
