/**
 * Odd      tiles of 6 x 10 elements and 14 products; C itself holds the sums in between, alpha and all, and the tiles of K are
 *          walked from the last to the first.
 * Honest   C has been multiplied by beta before, or cleared without a look at it.
 *
 * @about tiles in M, N and K, sums kept in C
 * @threads one
 */
import { dot, put } from '../../adversaries/common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const tiles = (K + 13) / 14;
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) put(C, i * ldc + j, 0, 0, beta);
  for (let i0 = 0; i0 < M; i0 += 6) {
    for (let j0 = 0; j0 < N; j0 += 10) {
      for (let tile = tiles - 1; tile >= 0; tile--) {
        for (let i = i0; i < min(M, i0 + 6); i++) {
          for (let j = j0; j < min(N, j0 + 10); j++) {
            const k0 = 14 * tile;
            put(C, i * ldc + j, alpha, dot(A, B, i, j, k0, min(K, k0 + 14), lda, ldb, transA, transB, -1), 1);
          }
        }
      }
    }
  }
}
