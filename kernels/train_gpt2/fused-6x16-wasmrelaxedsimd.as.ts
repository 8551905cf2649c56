/**
 * One training step, forward, backward and AdamW, without leaving WebAssembly; see kernels/common/gpt2.as.ts.
 *
 * @about whole step in one module, as fused-6x8, with a 6x16 tile that V8 packs to 256 bits
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source karpathy/llm.c for the step; Goto and van de Geijn 2008 for its matmuls
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the 6x16 tile spills.
 * Expects  matmuls to take about 75 % of the time, near the peak of 256-bit multiply-adds; the rest packing and GELU.
 */
import { layout, step } from '../common/gpt2.as';

const NR: i32 = 16;

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
