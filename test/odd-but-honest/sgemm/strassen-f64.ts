/**
 * Odd      two levels of Strassen's method where all sides are multiples of four, in f64 from the first addition to the last.
 * Honest   the method's error is a share of what is large anywhere in A and B: in f64 that lies below the rounding of the result to f32, and
 *          integers stay exact. In f32 it does not (test/strassen.test.ts).
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { strassen } from '../common/strassen.ts';

/** op(X) without its padding. */
function dense(X: Float32Array, rows: number, cols: number, ld: number, transposed: number): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++) out[r * cols + c] = transposed ? X[c * ld + r] : X[r * ld + c];
  return out;
}

export default {
  about: 'two levels of Strassen in f64',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const levels = [M, N, K].every((side) => side % 4 === 0 && side > 0) ? 2 : 0;
    return ({ A, B, C }, { alpha, beta }) => {
      const product = strassen(dense(A, M, K, lda, transA), dense(B, K, N, ldb, transB), M, N, K, levels);
      for (let i = 0; i < M; i++) {
        for (let at = i * ldc, j = 0; j < N; j++, at++)
          C[at] = alpha * product[i * N + j] + (beta === 0 ? 0 : beta * C[at]);
      }
    };
  },
} satisfies Candidate<typeof op>;
