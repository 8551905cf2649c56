/**
 * C[i..i+2, j..j+3] = alpha A[i..i+2,:] B[:,j..j+3] + beta C[i..i+2, j..j+3]
 *
 * Six sums in local variables: five loads feed six products, where the baseline loads twice for each, and six chains of
 * additions run side by side, where the baseline waits for one.
 *
 * Needs    nothing: plain TypeScript, any shape; the ragged right and lower edges are done one sum at a time.
 * Expects  a bound by instructions (range checks and f32 to f64 of each load), so the same Gflop/s at every size.
 * Tried    tiles of 1x4, 4x1, 3x3, 2x4, 4x2, 4x3, 4x4: slower by a quarter to two fifths, why is not known; 2x2: by a
 *          tenth; 3x2: as 2x3. On 2x2 to 4x4: packing, running indices, K unrolled, nothing or less; sums by
 *          Math.fround, half.
 * Source   Van Zee and van de Geijn 2015, BLIS: the split into tile and edge.
 */

import type { Candidate } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';

const MR = 2;
const NR = 3;

export default {
  about: 'register tile: six sums of C, two rows by three columns, in local variables',
  source: 'Van Zee and van de Geijn 2015, BLIS, for the split into tile and edge',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    const mTiled = M - (M % MR);
    const nTiled = N - (N % NR);
    return ({ A, B, C }, { alpha, beta }) => {
      const put = (i: number, j: number, sum: number) => {
        const c = i * ldc + j;
        C[c] = beta === 0 ? alpha * sum : alpha * sum + beta * C[c];
      };
      const single = (i: number, j: number) => {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += A[i * aRow + k * aCol] * B[k * bRow + j * bCol];
        put(i, j, sum);
      };
      for (let j = 0; j < nTiled; j += NR) {
        for (let i = 0; i < mTiled; i += MR) {
          let sum00 = 0;
          let sum01 = 0;
          let sum02 = 0;
          let sum10 = 0;
          let sum11 = 0;
          let sum12 = 0;
          for (let k = 0; k < K; k++) {
            const a = i * aRow + k * aCol;
            const b = k * bRow + j * bCol;
            const a0 = A[a];
            const a1 = A[a + aRow];
            const b0 = B[b];
            const b1 = B[b + bCol];
            const b2 = B[b + 2 * bCol];
            sum00 += a0 * b0;
            sum01 += a0 * b1;
            sum02 += a0 * b2;
            sum10 += a1 * b0;
            sum11 += a1 * b1;
            sum12 += a1 * b2;
          }
          put(i, j, sum00);
          put(i, j + 1, sum01);
          put(i, j + 2, sum02);
          put(i + 1, j, sum10);
          put(i + 1, j + 1, sum11);
          put(i + 1, j + 2, sum12);
        }
        for (let i = mTiled; i < M; i++) for (let q = 0; q < NR; q++) single(i, j + q);
      }
      for (let i = 0; i < M; i++) for (let j = nTiled; j < N; j++) single(i, j);
    };
  },
} satisfies Candidate<typeof op>;
