/**
 * out = inp weight^T + bias, one packed gemm; see kernels/common/matmul.as.ts and gemm.as.ts.
 *
 * @about as packed-6x8, with a 6x16 tile that V8 packs to 256 bits
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Goto and van de Geijn 2008; BLIS
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the 6x16 tile spills.
 * Expects  twice the rate of packed-6x8 in the tile; packing, which V8 packs in part, shows twice as much.
 */
import { matmulForward, matmulForwardBytes } from '../common/matmul.as';

const NR: i32 = 16;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, OC: i32): i32 {
  return matmulForwardBytes(nthreads, C, OC);
}

export function run(
  tid: i32, nthreads: i32, out: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, OC: i32, scratch: usize,
): void {
  matmulForward(NR, tid, nthreads, out, inp, weight, bias, B * T, C, OC, scratch);
}
