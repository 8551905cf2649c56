/**
 * The plain sgemm that a competent person writes first: three loops and a running sum, i-j-k.
 * Transposition is a choice of strides, made outside the loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export default {
  about: 'three loops, i-j-k, one running sum',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha, beta }) => {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          let sum = 0;
          for (let k = 0; k < K; k++) sum += A[i * aRow + k * aCol] * B[k * bRow + j * bCol];
          C[i * ldc + j] = beta === 0 ? alpha * sum : alpha * sum + beta * C[i * ldc + j];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
