/**
 * Odd      four running sums along K, added up across the lanes of one vector at the end.
 * Honest   the products are those of a plain loop; what is left of K is a sum of its own.
 *
 * @about dot products in four lanes
 * @threads one
 */
import { byDots, horizontal, packedBytes, tail } from '../common/dots.as';

function dot(a: usize, b: usize, K: i32): f32 {
  let sum = f32x4.splat(0);
  let k = 0;
  for (; k + 4 <= K; k += 4) {
    const at = <usize>k << 2;
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  return horizontal(sum) + tail(a, b, k, K);
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
