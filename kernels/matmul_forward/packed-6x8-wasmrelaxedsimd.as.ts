/**
 * out = inp weight^T + bias, one packed gemm; see kernels/common/matmul.as.ts and gemm.as.ts.
 *
 * @about packed gemm, 6x8 tile that starts from the bias; threads share the longer side
 * @threads any
 * @source Goto and van de Geijn 2008; BLIS
 *
 * Needs    relaxed SIMD. Twelve accumulators of 128 bits, of sixteen registers.
 * Expects  near the peak of 128-bit multiply-adds. Packing is 1 / rows + 1 / OC of the products, a few percent; each
 *          of several threads packs all of the shorter operand.
 */
import { matmulForward, matmulForwardBytes } from '../common/matmul.as';

const NR: i32 = 8;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, OC: i32): i32 {
  return matmulForwardBytes(nthreads, C, OC);
}

export function run(
  tid: i32, nthreads: i32, out: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, OC: i32, scratch: usize,
): void {
  matmulForward(NR, tid, nthreads, out, inp, weight, bias, B * T, C, OC, scratch);
}
