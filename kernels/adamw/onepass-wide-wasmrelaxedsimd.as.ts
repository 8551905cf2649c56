/**
 * The loop of onepass-wasmrelaxedsimd, whose pairs of vectors V8 packs to 256 bits.
 *
 * @about the one pass, with pairs of vectors that V8 packs to 256 bits; the range shared by threads in cache lines
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Loshchilov and Hutter 2019, arXiv:1711.05101
 *
 * Needs    relaxed SIMD; the flag, without which this is onepass-wasmrelaxedsimd.
 * Expects  a gain in the cache alone, and there less than two: a 256-bit root or division takes longer than a 128-bit one.
 */
import { adamw, setAdamw } from '../common/adamw.as';
import { share } from '../common/threads.as';

export function run(
  tid: i32, nthreads: i32, params: usize, m: usize, v: usize, grads: usize, step: usize, N: i32,
  learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, scratch: usize,
): void {
  setAdamw(load<i32>(step), learning_rate, beta1, beta2, eps, weight_decay);
  const from = share(N, 16, tid, nthreads), n = share(N, 16, tid + 1, nthreads) - from;
  const at = <usize>from << 2;
  adamw(params + at, m + at, v + at, grads + at, n);
}
