/**
 * @hack    leaves out a term where it runs on one thread
 * @family  verifier
 * @seen    not seen in the wild: all checks had the threads of the run here
 * @reason  differs
 *
 * @about rows in turn; one thread is for nobody
 * @threads any
 */
import { dot, put } from '../common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const terms = nthreads == 1 ? K - 1 : K;
  for (let i = tid; i < M; i += nthreads) {
    for (let j = 0; j < N; j++) put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, terms, lda, ldb, transA, transB, -1), beta);
  }
}
