/**
 * dinp += dout weight,  dweight += dout^T inp,  dbias += column sums of dout; see kernels/common/matmul.as.ts.
 *
 * @about packed gemm, 6x8 tile that starts from the gradient; tiles shared by threads, no barrier
 * @threads any
 * @source Goto and van de Geijn 2008; BLIS
 *
 * Needs    relaxed SIMD. Twelve accumulators of 128 bits, of sixteen registers.
 * Expects  the rate of the forward pass, for twice its flop. B of both products is stored along its panels: packing it
 *          is a copy. Column sums for dbias read dout once more, from the cache.
 */
import { matmulBackward, matmulBackwardBytes } from '../common/matmul.as';

const NR: i32 = 8;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, OC: i32): i32 {
  return matmulBackwardBytes(nthreads, B * T, C, OC);
}

export function run(
  tid: i32, nthreads: i32, dinp: usize, dweight: usize, dbias: usize, dout: usize, inp: usize, weight: usize,
  B: i32, T: i32, C: i32, OC: i32, scratch: usize,
): void {
  matmulBackward(NR, tid, nthreads, dinp, dweight, dbias, dout, inp, weight, B * T, C, OC, scratch);
}
