/**
 * threads-6x8 with panels twice as wide, for registers twice as wide
 *
 * WebAssembly's vectors have 128 bits; the registers of AVX2 have 256. V8's revectorizer, behind a flag, makes one 256-bit
 * instruction of two 128-bit ones that do the same to neighbours. It works backwards from two stores side by side:
 *
 *     store c+0   <- madd <- sum0_0, a[0], b0   |  one vmovups  <- one vfmadd231ps <- 256-bit sum, a[0] spread over 8 lanes,
 *     store c+16  <- madd <- sum0_1, a[0], b1   |                                     8 neighbours of Bp
 *
 * So the sums of a row must come in pairs. 6x16 is 24 vectors of 128 bits, which do not fit sixteen registers, and 12 of 256 bits,
 * which do: without the flag this kernel is slower than threads-6x8, and that is why it asks for it.
 *
 * Needs    AVX2 and the revectorizer; scratch of K x 16 floats a thread.
 * Expects  twice the rate of threads-6x8 where K x 16 floats fit half of the L1 cache beside the rows of A: K up to about 256.
 *          Less at 64, where there are four panels in all.
 * Source   BLIS, the 6x16 tile of its haswell kernel; V8, src/compiler/turboshaft/wasm-revec-reducer.cc.
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { panelModule } from '../common/panels.ts';

export default {
  about: 'twice as wide: a 6x16 tile in pairs of vectors, which V8 packs to 256 bits; panels shared out by threads',
  source: 'BLIS, the haswell tile; V8, wasm-revec-reducer.cc',
  flags: ['--experimental-wasm-revectorize'],
  threads: 'any',
  generate: (dims) =>
    panelModule(dims, {
      MR: 6,
      NR: 16,
      packed: true,
      multiplyAdd: (sum, a, b) => `(f32x4.relaxed_madd ${a} ${b} ${sum})`,
      first: (panels, tid) => `(i32.div_u (i32.mul ${tid} (i32.const ${panels})) (local.get $nthreads))`,
    }),
} satisfies Generator<typeof op>;
