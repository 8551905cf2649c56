/**
 * Odd      columns of C one at a time, accumulated in f64 and rounded once.
 * Honest   nearer to the truth than anything in f32.
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'j-k-i with f64 accumulation',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const column = new Float64Array(M);
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha, beta }) => {
      for (let j = 0; j < N; j++) {
        column.fill(0);
        for (let k = 0; k < K; k++) {
          for (let i = 0; i < M; i++) column[i] += A[i * aRow + k * aCol] * B[k * bRow + j * bCol];
        }
        for (let i = 0; i < M; i++) {
          C[i * ldc + j] = alpha * column[i] + (beta === 0 ? 0 : beta * C[i * ldc + j]);
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
