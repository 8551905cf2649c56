/**
 * Both moments and the parameter in one pass; bias corrections once, as factors: one root and one division an element.
 *
 * @about one pass over the four arrays, bias corrections as factors; the range shared by threads in cache lines
 * @threads any
 * @source Loshchilov and Hutter 2019, arXiv:1711.05101
 *
 * Needs    relaxed SIMD, for the fused multiply-add.
 * Expects  memory bound beyond the cache; in it, the root and the division, at 128 bits.
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
