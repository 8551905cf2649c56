/**
 * dq += dpre k, dk += dpre^T q, dv += att^T dout, four gemms a head; see kernels/common/heads.as.ts.
 *
 * @about as heads-6x8, with a 6x16 tile that V8 packs to 256 bits
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Vaswani et al. 2017; Goto and van de Geijn 2008 for the products
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the 6x16 tile spills.
 * Expects  less than twice heads-6x8: packing and the rows of softmax stay at 128 bits.
 */
import { headsBackward, headsBackwardBytes } from '../common/heads.as';

const NR: i32 = 16;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, NH: i32): i32 {
  return headsBackwardBytes(nthreads, T, C, NH);
}

export function run(
  tid: i32, nthreads: i32, dinp: usize, dout: usize, inp: usize, att: usize,
  B: i32, T: i32, C: i32, NH: i32, scratch: usize,
): void {
  headsBackward(NR, tid, nthreads, dinp, dout, inp, att, B, T, C, NH, scratch);
}
