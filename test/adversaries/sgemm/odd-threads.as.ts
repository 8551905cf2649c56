/**
 * @hack    halves the rows between pairs of threads, so that the last of an odd number has none
 * @family  verifier
 * @seen    not seen in the wild: all checks had the threads of the run here
 * @reason  differs
 *
 * @about rows by pairs of threads
 * @threads any
 */
import { dot, put } from '../common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  if (nthreads > 1 && tid == (nthreads & ~1)) return;
  for (let i = tid; i < M; i += nthreads) {
    for (let j = 0; j < N; j++) put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
  }
}
