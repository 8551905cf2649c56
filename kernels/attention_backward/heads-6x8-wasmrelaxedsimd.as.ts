/**
 * dq += dpre k, dk += dpre^T q, dv += att^T dout, four gemms a head; see kernels/common/heads.as.ts.
 *
 * @about a head at a time through packed gemm, 6x8 tile that starts from the gradient; masked half skipped
 * @threads any
 * @source Vaswani et al. 2017; Goto and van de Geijn 2008 for the products
 *
 * Needs    relaxed SIMD.
 * Expects  twice the work of the forward pass and no exp; four products a head, each of which packs both operands.
 */
import { headsBackward, headsBackwardBytes } from '../common/heads.as';

const NR: i32 = 8;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, NH: i32): i32 {
  return headsBackwardBytes(nthreads, T, C, NH);
}

export function run(
  tid: i32, nthreads: i32, dinp: usize, dout: usize, inp: usize, att: usize,
  B: i32, T: i32, C: i32, NH: i32, scratch: usize,
): void {
  headsBackward(NR, tid, nthreads, dinp, dout, inp, att, B, T, C, NH, scratch);
}
