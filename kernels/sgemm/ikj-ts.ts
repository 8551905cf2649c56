/**
 * C[i,:] = beta C[i,:] + sum over k of alpha A[i,k] B[k,:]
 *
 * Where i-j-k walks down a column of B and waits for its one sum, i-k-j walks along rows of B and C, and the turns of
 * its inner loop are independent. Four rows of B are added at a time, so that C is loaded and stored once per four
 * products.
 *
 * Needs    nothing: plain TypeScript, any shape.
 * Expects  a bound by instructions, as V8 has no SIMD: each product costs a load of B, its range check and its widening
 *          to f64. A transposed B is walked with a stride of ldb; the worth of this order is then only the four sums.
 * Tried    one row at a time: 1.1 times the baseline, the loads and stores of C eat the gain; eight rows: as four.
 * Source   Golub and Van Loan, Matrix Computations, section 1.1: the six loop orders.
 */

import type { Candidate } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';

export default {
  about: 'loop order i-k-j: rows of B, four at a time, are added to a row of C',
  source: 'Golub and Van Loan, Matrix Computations, section 1.1',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    const K4 = K - (K % 4);
    return ({ A, B, C }, { alpha, beta }) => {
      for (let i = 0; i < M; i++) {
        const a = i * aRow;
        const c = i * ldc;
        for (let j = 0; j < N; j++) C[c + j] = beta === 0 ? 0 : beta * C[c + j];
        for (let k = 0; k < K4; k += 4) {
          const a0 = alpha * A[a + k * aCol];
          const a1 = alpha * A[a + (k + 1) * aCol];
          const a2 = alpha * A[a + (k + 2) * aCol];
          const a3 = alpha * A[a + (k + 3) * aCol];
          const b0 = k * bRow;
          const b1 = b0 + bRow;
          const b2 = b1 + bRow;
          const b3 = b2 + bRow;
          for (let j = 0; j < N; j++) {
            const b = j * bCol;
            C[c + j] += a0 * B[b0 + b] + a1 * B[b1 + b] + a2 * B[b2 + b] + a3 * B[b3 + b];
          }
        }
        for (let k = K4; k < K; k++) {
          const a0 = alpha * A[a + k * aCol];
          const b0 = k * bRow;
          for (let j = 0; j < N; j++) C[c + j] += a0 * B[b0 + j * bCol];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
