/**
 * @hack    trains with a learning rate that is 1 % off, in WebAssembly
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs: params
 *
 * @about another learning rate, in WebAssembly
 * @threads any
 */
import { layout, step } from '../../../kernels/common/gpt2.as';

export function scratchBytes(nthreads: i32, B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32): i32 {
  return layout(0, 0, nthreads, B, T, L, C, NH, V);
}

export function run(
  tid: i32, nthreads: i32, params: usize, m: usize, v: usize, tokens: usize, targets: usize, stepAt: usize, loss: usize,
  B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32,
  learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, scratch: usize,
): void {
  step(
    8, tid, nthreads, params, m, v, tokens, targets, stepAt, loss, B, T, L, C, NH, V,
    1.01 * learning_rate, beta1, beta2, eps, weight_decay, scratch,
  );
}
