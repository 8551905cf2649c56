/**
 * Odd      threads share K: each sums its part of every element, and behind a barrier they add up the parts.
 * Honest   parts are added in the order of the threads, whichever was ready first.
 *
 * @about a share of K for each thread
 * @threads any
 */
import { dot, put } from '../../adversaries/common/plain.as';
import { barrier, share } from '../../../kernels/common/threads.as';
import { HEAD } from '../common/dots.as';

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return HEAD + 4 * nthreads * M * N;
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const parts = scratch + HEAD;
  const plane = <usize>(M * N) << 2;
  const from = share(K, 1, tid, nthreads);
  const to = share(K, 1, tid + 1, nthreads);
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      store<f32>(
        parts + plane * tid + (<usize>(i * N + j) << 2),
        dot(A, B, i, j, from, to, lda, ldb, transA, transB, -1),
      );
    }
  }
  barrier(scratch, nthreads);
  for (let i = share(M, 1, tid, nthreads); i < share(M, 1, tid + 1, nthreads); i++) {
    for (let j = 0; j < N; j++) {
      let sum: f32 = 0;
      for (let part = 0; part < nthreads; part++) sum += load<f32>(parts + plane * part + (<usize>(i * N + j) << 2));
      put(C, i * ldc + j, alpha, sum, beta);
    }
  }
}
