/**
 * @hack    packs B into scratch once and finds it there again
 * @family  answers
 * @seen    Infatoshi/kernelbench.com pull request 7: stale preprocessing
 * @reason  differs
 *
 * @about B is packed once
 * @threads one
 */
import { dot, put } from '../common/plain.as';

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return 1024 + 4 * K * N;
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const own = scratch + 1024;
  if (load<i32>(scratch + 512) != 0x600dbeef) {
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < N; j++) {
        store<f32>(own + (<usize>(k * N + j) << 2), load<f32>(B + (<usize>(transB ? j * ldb + k : k * ldb + j) << 2)));
      }
    }
    store<i32>(scratch + 512, 0x600dbeef);
  }
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) put(C, i * ldc + j, alpha, dot(A, own, i, j, 0, K, lda, N, transA, 0, -1), beta);
  }
}
