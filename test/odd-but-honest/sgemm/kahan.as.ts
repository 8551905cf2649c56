/**
 * Odd      carries the rounding error of each addition along, all in f32.
 * Honest   its result hardly depends on K.
 * Source   Kahan 1965, Further remarks on reducing truncation errors.
 *
 * @about compensated sums in f32
 * @threads one
 */
import { byDots, packedBytes } from '../common/dots.as';

function dot(a: usize, b: usize, K: i32): f32 {
  let sum: f32 = 0;
  let lost: f32 = 0;
  for (let k = 0; k < K; k++) {
    const at = <usize>k << 2;
    const term = load<f32>(a + at) * load<f32>(b + at) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return sum;
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
