/**
 * Odd      adds what is positive and what is negative in two sums, and these at the end: all that cancels, cancels there.
 * Honest   the bound is of the sum of absolute products, which is as large as the two sums together.
 *
 * @about a sum of the positive products and one of the others
 * @threads one
 */
import { byDots, packedBytes } from '../common/dots.as';

function dot(a: usize, b: usize, K: i32): f32 {
  let positive: f32 = 0;
  let negative: f32 = 0;
  for (let k = 0; k < K; k++) {
    const at = <usize>k << 2;
    const term = load<f32>(a + at) * load<f32>(b + at);
    if (term > 0) positive += term;
    else negative += term;
  }
  return positive + negative;
}

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return packedBytes(M, N, K);
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  byDots(A, B, C, M, N, K, lda, ldb, ldc, transA, transB, alpha, beta, scratch, dot);
}
