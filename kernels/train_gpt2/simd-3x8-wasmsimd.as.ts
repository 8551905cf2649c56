/**
 * One training step, forward, backward and AdamW, four lanes at a time; see kernels/common/gpt2.as.ts.
 *
 * @about whole step in WebAssembly, 128-bit SIMD: tiles of vectors on packed panels; multiply and add apart, one thread
 * @source karpathy/llm.c for the step; Goto and van de Geijn 2008 for its matmuls
 *
 * Needs    SIMD without the relaxed kind. Six rows of a tile would spill, since each product takes a register: 3x8, twice.
 * Expects  8 times the speed of tiled-ts: sgemm's ladder has 7.1 between the same two tiles.
 */
import { layout, step } from '../common/gpt2.as';

// @ts-ignore: decorator
@global const MULTIPLY_THEN_ADD: bool = true;
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
