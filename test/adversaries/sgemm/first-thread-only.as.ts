/**
 * @hack    lets each thread but the first return at once
 * @family  answers
 * @seen    not seen in the wild; made up here
 * @reason  differs
 *
 * @about one share of two
 * @threads any
 */
import { dot, put } from '../common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  if (tid > 0) return;
  for (let i = 0; i < (M + nthreads - 1) / nthreads; i++) {
    for (let j = 0; j < N; j++) put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
  }
}
