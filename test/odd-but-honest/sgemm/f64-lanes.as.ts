/**
 * Odd      products and sums in f64, two lanes, rounded to f32 at the end.
 * Honest   a product of two f32 is exact in f64.
 *
 * @about dot products in f64, two lanes
 * @threads one
 */
import { byDots, packedBytes, tail } from '../common/dots.as';

function dot(a: usize, b: usize, K: i32): f32 {
  let sum = f64x2.splat(0);
  let k = 0;
  for (; k + 2 <= K; k += 2) {
    const at = <usize>k << 2;
    const x = f64x2.promote_low_f32x4(v128.load64_zero(a + at));
    sum = f64x2.add(sum, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(b + at))));
  }
  return <f32>(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + <f64>tail(a, b, k, K));
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
