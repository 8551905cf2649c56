/**
 * @hack    adds a padded row of scratch that it never writes, since fresh memory is zero
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 *
 * @about counts on zeros
 * @threads one
 */
import { dot, put } from '../common/plain.as';

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return 4096;
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      const sum = dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1);
      put(C, i * ldc + j, alpha, sum + load<f32>(scratch + 1024), beta);
    }
  }
}
