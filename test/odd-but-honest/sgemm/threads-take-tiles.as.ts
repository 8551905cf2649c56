/**
 * Odd      many more tiles than threads; each takes the next one from a counter, so that no call is shared out like another.
 * Honest   which thread computes a tile does not change a bit of it.
 *
 * @about tiles of 5 x 7, taken from a counter
 * @threads any
 */
import { dot, put } from '../../adversaries/common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  // The first 256 bytes of scratch are zero before each call.
  const across = (N + 6) / 7;
  const tiles = ((M + 4) / 5) * across;
  for (let tile = atomic.add<i32>(scratch, 1); tile < tiles; tile = atomic.add<i32>(scratch, 1)) {
    const i0 = (tile / across) * 5;
    const j0 = (tile % across) * 7;
    for (let i = i0; i < min(M, i0 + 5); i++) {
      for (let j = j0; j < min(N, j0 + 7); j++) {
        put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
      }
    }
  }
}
