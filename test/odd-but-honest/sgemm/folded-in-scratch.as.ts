/**
 * Odd      uses the same scratch over and over: it holds the products of one element, is folded in half in place until one is left,
 *          and is then overwritten by those of the next.
 * Honest   each element is written before it is read; nothing is kept from one call to the next.
 *
 * @about products in scratch, folded in place
 * @threads one
 */
import { byDots, packedBytes } from '../common/dots.as';

/** Where the products of one element lie. */
let fold: usize = 0;

function dot(a: usize, b: usize, K: i32): f32 {
  for (let k = 0; k < K; k++) {
    const at = <usize>k << 2;
    store<f32>(fold + at, load<f32>(a + at) * load<f32>(b + at));
  }
  for (let n = K; n > 1; n = (n + 1) >> 1) {
    const half = (n + 1) >> 1;
    for (let k = 0; k < n - half; k++) {
      const at = fold + (<usize>k << 2);
      store<f32>(at, load<f32>(at) + load<f32>(at + (<usize>half << 2)));
    }
  }
  return K == 0 ? 0 : load<f32>(fold);
}

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return packedBytes(M, N, K) + 4 * K;
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  fold = scratch + packedBytes(M, N, K);
  byDots(A, B, C, M, N, K, lda, ldb, ldc, transA, transB, alpha, beta, scratch, dot);
}
