/**
 * Odd      the first thread has one row of each sixteen and the others all else; with few rows it has none.
 * Honest   a kernel may cut a range as it likes.
 *
 * @about uneven shares of rows
 * @threads any
 */
import { dot, put } from '../../adversaries/common/plain.as';
import { share } from '../../../kernels/common/threads.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const few = nthreads > 1 ? M / 16 : M;
  const from = tid == 0 ? 0 : few + share(M - few, 1, tid - 1, nthreads - 1);
  const to = tid == 0 ? few : few + share(M - few, 1, tid, nthreads - 1);
  for (let i = from; i < to; i++) {
    for (let j = 0; j < N; j++) put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
  }
}
