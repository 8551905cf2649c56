/** sgemm by dot products of rows of op(A) and columns of op(B), both laid out in scratch so that a product walks in steps of one. */
import { put } from '../../adversaries/common/plain.as';

/** Bytes behind the words that threads meet by. */
export const HEAD: i32 = 1024;

export function packedBytes(M: i32, N: i32, K: i32): i32 {
  return HEAD + 4 * K * (M + N);
}

/** out (outer,K): op(X) by its rows, or by its columns. */
export function pack(out: usize, X: usize, ld: i32, outer: i32, K: i32, alongK: bool): void {
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < K; k++) {
      store<f32>(out + (<usize>(o * K + k) << 2), load<f32>(X + (<usize>(alongK ? o * ld + k : k * ld + o) << 2)));
    }
  }
}

export function byDots(
  A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize, dot: (a: usize, b: usize, K: i32) => f32,
): void {
  const rows = scratch + HEAD;
  const columns = rows + (<usize>(M * K) << 2);
  pack(rows, A, lda, M, K, transA == 0);
  pack(columns, B, ldb, N, K, transB != 0);
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      put(C, i * ldc + j, alpha, dot(rows + (<usize>(i * K) << 2), columns + (<usize>(j * K) << 2), K), beta);
    }
  }
}

export function horizontal(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** The products from k on, one after another. */
export function tail(a: usize, b: usize, k: i32, K: i32): f32 {
  let sum: f32 = 0;
  for (; k < K; k++) sum += load<f32>(a + (<usize>k << 2)) * load<f32>(b + (<usize>k << 2));
  return sum;
}
