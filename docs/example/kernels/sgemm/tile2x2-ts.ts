/**
 * C[i..i+1, j..j+1] = beta C + alpha (two rows of A times two columns of B): four running sums at a time
 *
 * Needs    nothing: plain TypeScript, any shape.
 * Expects  four multiply-adds for four loads, where the baseline has one for two, and four sums that do not wait for each other.
 * Tried    nothing else yet.
 * Source   register tiling, as in every BLAS.
 */
import type { Candidate } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';

export default {
  about: 'tiles of 2 by 2 elements of C, in plain TypeScript',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    // op(A)[i,k] is A[i * aRow + k * aCol], whether A is transposed or not; B alike.
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha, beta }) => {
      for (let i = 0; i < M; i += 2) {
        // At an odd edge, the second row or column is the first one again.
        const below = i + 1 < M ? aRow : 0;
        for (let j = 0; j < N; j += 2) {
          const beside = j + 1 < N ? bCol : 0;
          let c00 = 0;
          let c01 = 0;
          let c10 = 0;
          let c11 = 0;
          for (let k = 0, a = i * aRow, b = j * bCol; k < K; k++, a += aCol, b += bRow) {
            const a0 = A[a];
            const a1 = A[a + below];
            const b0 = B[b];
            const b1 = B[b + beside];
            c00 += a0 * b0;
            c01 += a0 * b1;
            c10 += a1 * b0;
            c11 += a1 * b1;
          }
          for (let di = 0; di < 2 && i + di < M; di++) {
            for (let dj = 0; dj < 2 && j + dj < N; dj++) {
              const sum = alpha * (di ? (dj ? c11 : c10) : dj ? c01 : c00);
              const c = (i + di) * ldc + j + dj;
              // If beta is 0, C may hold NaN and is not read.
              C[c] = beta === 0 ? sum : sum + beta * C[c];
            }
          }
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
