/**
 * Odd      threads work one after another: each sleeps in memory.atomic.wait32 until the one before has handed over, and wakes the next.
 * Honest   every row is computed once, by the textbook's sum.
 *
 * @about rows by threads in a chain, with wait and notify
 * @threads any
 */
import { dot, put } from '../../adversaries/common/plain.as';

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  // The first 256 bytes of scratch are zero before each call.
  for (let turn = atomic.load<i32>(scratch); turn != tid; turn = atomic.load<i32>(scratch)) {
    atomic.wait<i32>(scratch, turn, -1);
  }
  for (let i = tid; i < M; i += nthreads) {
    for (let j = 0; j < N; j++) put(C, i * ldc + j, alpha, dot(A, B, i, j, 0, K, lda, ldb, transA, transB, -1), beta);
  }
  atomic.store<i32>(scratch, tid + 1);
  atomic.notify(scratch, -1);
}
