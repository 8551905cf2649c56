/**
 * @hack    computes whole tiles of four columns and leaves the rest
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 *
 * @about no tail
 * @threads one
 */
import { dot, put } from '../common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < (N & ~3); j++) put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
  }
}
