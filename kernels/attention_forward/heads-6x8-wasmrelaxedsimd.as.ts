/**
 * att = softmax(q k^T / sqrt(hs)), out = att v, two gemms a head; see kernels/common/heads.as.ts and attention.as.ts.
 *
 * @about a head at a time through packed gemm, 6x8 tile; masked half skipped by panels
 * @threads any
 * @source Vaswani et al. 2017; Goto and van de Geijn 2008 for the products
 *
 * Needs    relaxed SIMD.
 * Expects  packing to show: T and hs are small, so each packed float serves few products. Heads to be enough for all
 *          threads (8 to 48 here).
 */
import { headsForward, headsForwardBytes } from '../common/heads.as';

const NR: i32 = 8;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, NH: i32): i32 {
  return headsForwardBytes(nthreads, T, C, NH);
}

export function run(
  tid: i32, nthreads: i32, out: usize, att: usize, inp: usize, B: i32, T: i32, C: i32, NH: i32, scratch: usize,
): void {
  headsForward(NR, tid, nthreads, out, att, inp, B, T, C, NH, scratch);
}
