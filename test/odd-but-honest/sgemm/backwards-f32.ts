/**
 * Odd      sums from the last term to the first, rounded to f32 after each, in scratch that the arena gave.
 * Honest   a sum has no order; the bound holds for any.
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'sequential f32 sums, last term first',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }, arena) {
    const sum = arena.f32(1);
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha, beta }) => {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          sum[0] = 0;
          for (let k = K - 1; k >= 0; k--) sum[0] += Math.fround(A[i * aRow + k * aCol] * B[k * bRow + j * bCol]);
          sum[0] *= alpha;
          C[i * ldc + j] = beta === 0 ? sum[0] : sum[0] + beta * C[i * ldc + j];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
