/**
 * Odd      k is the outermost loop: C is scaled by beta first and then takes K updates of rank one, rounded to f32 at each,
 *          alpha applied to every element of A.
 * Honest   the reference BLAS applies alpha and beta in this way.
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'k-i-j: K updates of rank one to beta C',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha, beta }) => {
      for (let i = 0; i < M; i++) {
        for (let at = i * ldc; at < i * ldc + N; at++) C[at] = beta === 0 ? 0 : beta * C[at];
      }
      for (let k = 0; k < K; k++) {
        for (let i = 0; i < M; i++) {
          const a = Math.fround(alpha * A[i * aRow + k * aCol]);
          for (let j = 0; j < N; j++) C[i * ldc + j] += a * B[k * bRow + j * bCol];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
