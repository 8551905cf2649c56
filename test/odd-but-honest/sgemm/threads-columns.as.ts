/**
 * Odd      threads share columns, so that both write to each row of C, to the same cache lines.
 * Honest   no element belongs to two of them.
 *
 * @about a share of the columns for each thread
 * @threads any
 */
import { dot, put } from '../../adversaries/common/plain.as';
import { share } from '../../../kernels/common/threads.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  for (let i = 0; i < M; i++) {
    for (let j = share(N, 1, tid, nthreads); j < share(N, 1, tid + 1, nthreads); j++) {
      put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
    }
  }
}
