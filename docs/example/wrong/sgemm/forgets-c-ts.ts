/** C = alpha A B, which is right only if beta is 0: sgemm is alpha A B + beta C. kernel.test.ts shows how nfold finds that. */
import type { Candidate } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';

export default {
  about: 'three loops that forget beta C',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha }) => {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          let sum = 0;
          for (let k = 0; k < K; k++) sum += A[i * aRow + k * aCol] * B[k * bRow + j * bCol];
          C[i * ldc + j] = alpha * sum;
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
