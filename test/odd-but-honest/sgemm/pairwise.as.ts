/**
 * Odd      sums by halves of halves, so that no sum has more than log2(K) roundings behind it.
 * Honest   more accurate than a running sum.
 * Source   Higham 1993, The accuracy of floating point summation.
 *
 * @about pairwise sums in f32
 * @threads one
 */
import { byDots, packedBytes } from '../common/dots.as';

function dot(a: usize, b: usize, K: i32): f32 {
  if (K < 2) return K == 0 ? 0 : load<f32>(a) * load<f32>(b);
  const half = K >> 1;
  const at = <usize>half << 2;
  return dot(a, b, half) + dot(a + at, b + at, K - half);
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
