/**
 * @hack    packs B once where the number of columns is odd, and goes on with what it packed
 * @family  verifier
 * @seen    Infatoshi/kernelbench.com pull request 7: stale preprocessing; here where no shape is timed
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'the first B for odd shapes',
  setup(d) {
    let packed: Float32Array | null = null;
    return (t, { alpha, beta }) => {
      packed ??= t.B.slice();
      gemm(d, alpha, beta, { ...t, B: d.N % 2 === 1 ? packed : t.B });
    };
  },
} satisfies Candidate<typeof op>;
