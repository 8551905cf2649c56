/**
 * @hack    is right on the shapes that the project lists and drops a term on all others
 * @family  verifier
 * @seen    Infatoshi/kernelbench.com pull request 7: right for the visible inputs only
 * @reason  differs
 */
import op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

const shapes = new Set([...op.cases, ...op.edges].map(({ dims: { M, N, K } }) => [M, N, K].join()));

export default {
  about: 'a list of shapes',
  setup(d) {
    const listed = shapes.has([d.M, d.N, d.K].join());
    return (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { terms: (K) => (listed ? K : K - 1) });
    };
  },
} satisfies Candidate<typeof op>;
