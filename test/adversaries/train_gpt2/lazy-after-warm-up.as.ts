/**
 * @hack    takes ten honest steps, and from then on every second one, in WebAssembly
 * @family  training
 * @seen    gpu-mode/reference-kernels pull request 104: a phase of learning, then calls that do nothing
 * @reason  not updated: params | not finite | trajectory
 *
 * @about every second step after the tenth, in WebAssembly
 * @threads one
 */
import { layout, step } from '../../../kernels/common/gpt2.as';

let calls: i32 = 0;

export function scratchBytes(nthreads: i32, B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32): i32 {
  return layout(0, 0, nthreads, B, T, L, C, NH, V);
}

export function run(
  tid: i32, nthreads: i32, params: usize, m: usize, v: usize, tokens: usize, targets: usize, stepAt: usize, loss: usize,
  B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32,
  learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, scratch: usize,
): void {
  if (++calls > 10 && (calls & 1) == 1) {
    store<f32>(loss, 5);
    return;
  }
  step(
    8, tid, nthreads, params, m, v, tokens, targets, stepAt, loss, B, T, L, C, NH, V,
    learning_rate, beta1, beta2, eps, weight_decay, scratch,
  );
}
