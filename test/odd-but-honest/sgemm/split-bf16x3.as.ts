/**
 * Odd      multiplies bf16 numbers only: each f32 is a sum of three of them, and six of the nine products are kept.
 * Honest   three times 8 bits hold all 24; what is dropped is 2^-23 of a product at most.
 * Source   Henry, Tang and Heinecke 2019, arXiv:1904.06376.
 *
 * @about f32 as three bf16, six products of them
 * @threads one
 */
import { put } from '../../adversaries/common/plain.as';
import { HEAD, horizontal, pack, tail } from '../common/dots.as';

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return HEAD + 12 * K * (M + N);
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const rows = scratch + HEAD;
  const a = <usize>(M * K) << 2;
  const columns = rows + 3 * a;
  const b = <usize>(N * K) << 2;
  pack(rows, A, lda, M, K, transA == 0);
  pack(columns, B, ldb, N, K, transB != 0);
  split(rows, a);
  split(columns, b);
  for (let i = 0; i < M; i++) {
    const x = rows + (<usize>(i * K) << 2);
    for (let j = 0; j < N; j++) {
      const y = columns + (<usize>(j * K) << 2);
      // Small products first.
      const small = dot(x + 2 * a, y, K) + dot(x + a, y + b, K) + dot(x, y + 2 * b, K);
      put(C, i * ldc + j, alpha, small + dot(x + a, y, K) + dot(x, y + b, K) + dot(x, y, K), beta);
    }
  }
}

/** Of the `bytes` at X the high parts in place, and the middle and low ones behind them. */
function split(X: usize, bytes: usize): void {
  for (let at = X; at < X + bytes; at += 4) {
    const x = load<f32>(at);
    const high = bf16(x);
    const middle = bf16(x - high);
    store<f32>(at, high);
    store<f32>(at + bytes, middle);
    store<f32>(at + 2 * bytes, bf16(x - high - middle));
  }
}

function bf16(x: f32): f32 {
  return reinterpret<f32>((reinterpret<i32>(x) + 0x8000) & 0xffff0000);
}

function dot(a: usize, b: usize, K: i32): f32 {
  let sum = f32x4.splat(0);
  let k = 0;
  for (; k + 4 <= K; k += 4) {
    const at = <usize>k << 2;
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  return horizontal(sum) + tail(a, b, k, K);
}
