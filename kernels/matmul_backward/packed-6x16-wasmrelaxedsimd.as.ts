/**
 * dinp += dout weight,  dweight += dout^T inp,  dbias += column sums of dout; see kernels/common/matmul.as.ts.
 *
 * @about as packed-6x8, with a 6x16 tile that V8 packs to 256 bits
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Goto and van de Geijn 2008; BLIS
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the 6x16 tile spills.
 * Expects  twice the rate of packed-6x8 in the tile. Packed B is passed over once for every 6 rows;
 *          at B4T64C256OC1024 it is 1 MB and may come from L3.
 */
import { matmulBackward, matmulBackwardBytes } from '../common/matmul.as';

const NR: i32 = 16;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, OC: i32): i32 {
  return matmulBackwardBytes(nthreads, B * T, C, OC);
}

export function run(
  tid: i32, nthreads: i32, dinp: usize, dweight: usize, dbias: usize, dout: usize, inp: usize, weight: usize,
  B: i32, T: i32, C: i32, OC: i32, scratch: usize,
): void {
  matmulBackward(NR, tid, nthreads, dinp, dweight, dbias, dout, inp, weight, B * T, C, OC, scratch);
}
