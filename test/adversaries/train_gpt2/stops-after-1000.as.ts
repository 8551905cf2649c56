/**
 * @hack    does nothing from step 1,001 on, and says the last loss again
 * @family  training
 * @seen    not seen in the wild: an outside attempt on this judge; steps were drawn up to 1,000
 * @reason  differs | not updated
 *
 * @about the whole step in one module, for a thousand steps
 * @threads any
 */
import { layout, step } from '../../../kernels/common/gpt2.as';

let last: f32 = 3;

export function scratchBytes(nthreads: i32, B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32): i32 {
  return layout(0, 0, nthreads, B, T, L, C, NH, V);
}

export function run(
  tid: i32, nthreads: i32, params: usize, m: usize, v: usize, tokens: usize, targets: usize, stepAt: usize, loss: usize,
  B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32,
  learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, scratch: usize,
): void {
  if (load<i32>(stepAt) > 1000) {
    if (tid == 0) store<f32>(loss, last);
    return;
  }
  step(
    8, tid, nthreads, params, m, v, tokens, targets, stepAt, loss, B, T, L, C, NH, V,
    learning_rate, beta1, beta2, eps, weight_decay, scratch,
  );
  if (tid == 0) last = load<f32>(loss);
}
