/**
 * Odd      relaxed SIMD: whether a product is rounded before it is added is up to the machine.
 * Honest   deterministic on one machine, and never less accurate than the two roundings.
 *
 * @about dot products by relaxed multiply-add, eight lanes
 * @threads one
 */
import { byDots, horizontal, packedBytes, tail } from '../common/dots.as';

function dot(a: usize, b: usize, K: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0;
  let k = 0;
  for (; k + 8 <= K; k += 8) {
    const at = <usize>k << 2;
    s0 = f32x4.relaxed_madd(v128.load(a + at), v128.load(b + at), s0);
    s1 = f32x4.relaxed_madd(v128.load(a + at, 16), v128.load(b + at, 16), s1);
  }
  return horizontal(f32x4.add(s0, s1)) + tail(a, b, k, K);
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
