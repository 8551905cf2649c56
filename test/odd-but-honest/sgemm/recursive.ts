/**
 * Odd      halves the longest of M, N and K until a block is small, so that the order of a sum depends on the shape.
 * Honest   every product is taken once.
 * Source   Frigo, Leiserson, Prokop and Ramachandran 1999, Cache-oblivious algorithms.
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const leaf = 12;

export default {
  about: 'cache-oblivious: halves of the longest side',
  setup({ M, N, K, lda, ldb, ldc, transA, transB }, arena) {
    const sums = arena.f32(M * N);
    const [aRow, aCol] = transA ? [1, lda] : [lda, 1];
    const [bRow, bCol] = transB ? [1, ldb] : [ldb, 1];
    return ({ A, B, C }, { alpha, beta }) => {
      const add = (i0: number, j0: number, k0: number, m: number, n: number, terms: number): void => {
        const longest = Math.max(m, n, terms);
        const half = longest >> 1;
        if (longest <= leaf) {
          for (let i = i0; i < i0 + m; i++) {
            for (let k = k0; k < k0 + terms; k++) {
              for (let j = j0; j < j0 + n; j++) sums[i * N + j] += A[i * aRow + k * aCol] * B[k * bRow + j * bCol];
            }
          }
        } else if (longest === m) {
          add(i0, j0, k0, half, n, terms);
          add(i0 + half, j0, k0, m - half, n, terms);
        } else if (longest === n) {
          add(i0, j0, k0, m, half, terms);
          add(i0, j0 + half, k0, m, n - half, terms);
        } else {
          add(i0, j0, k0 + half, m, n, terms - half);
          add(i0, j0, k0, m, n, half);
        }
      };
      sums.fill(0);
      add(0, 0, 0, M, N, K);
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          const at = i * ldc + j;
          C[at] = alpha * sums[i * N + j] + (beta === 0 ? 0 : beta * C[at]);
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
