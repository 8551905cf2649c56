/**
 * @hack    sums forwards at one call and backwards at the next, so that no two runs agree to the bit
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  not repeatable
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'forwards, then backwards',
  setup(d) {
    const [aRow, aCol] = d.transA ? [1, d.lda] : [d.lda, 1];
    const [bRow, bCol] = d.transB ? [1, d.ldb] : [d.ldb, 1];
    let calls = 0;
    return ({ A, B, C }, { alpha, beta }) => {
      const backwards = calls++ % 2 === 1;
      for (let i = 0; i < d.M; i++) {
        for (let j = 0; j < d.N; j++) {
          let sum = 0;
          for (let n = 0; n < d.K; n++) {
            const k = backwards ? d.K - 1 - n : n;
            sum = Math.fround(sum + Math.fround(A[i * aRow + k * aCol] * B[k * bRow + j * bCol]));
          }
          C[i * d.ldc + j] = alpha * sum + (beta === 0 ? 0 : beta * C[i * d.ldc + j]);
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
