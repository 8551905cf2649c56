/**
 * C[i..i+4, j..j+8] = alpha op(A)[i..i+4,:] Bp + beta C[i..i+4, j..j+8], where Bp = op(B)[:, j..j+8], copied row after row
 *
 * direct-4x8 with one thing changed: each panel of op(B), eight columns wide, is copied ("packed") once, and all rows of op(A)
 * pass by the copy. Its rows touch each other, however far apart they lie in B and whether or not B is transposed:
 *
 *     B    . . . . | j . . . . . . j+7 | . . . .         Bp   j . . . . . . j+7
 *          . . . . | j . . . . . . j+7 | . . . .    ->        j . . . . . . j+7      K x 8 floats, one stretch of memory
 *          . . . . | j . . . . . . j+7 | . . . .              j . . . . . . j+7
 *
 * K N moves against 2 M N K flop: 1 move to 2 M flop.
 *
 * Needs    stock SIMD, multiply and add apart (no fused multiply-add); scratch of K x 8 floats.
 * Expects  a bound by the multiplier and the adder, at every shape: a step of k is 8 of each, against 6 loads.
 * Tried    3x12: 3 % more in the mean, 6 to 10 % less at M512N128K256TN; 5x8: as 4x8; 3x8: less, more loads to a
 *          product; 6x8: half, presumably for want of registers. K unrolled by 4: nothing.
 * Source   Goto and van de Geijn 2008 (panels); Heinecke et al. 2016, LIBXSMM (code written for a shape).
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { panelModule } from '../common/panels.ts';

export default {
  about:
    'B packed: each panel of eight columns is copied once, and then read in one stretch by all rows of A; 4x8 tile',
  source: 'Goto and van de Geijn 2008; Heinecke et al. 2016, LIBXSMM',
  generate: (dims) =>
    panelModule(dims, {
      MR: 4,
      NR: 8,
      packed: true,
      multiplyAdd: (sum, a, b) => `(f32x4.add ${sum} (f32x4.mul ${a} ${b}))`,
    }),
} satisfies Generator<typeof op>;
