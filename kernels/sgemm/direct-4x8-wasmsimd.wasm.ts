/**
 * C[i..i+4, j..j+8] = alpha op(A)[i..i+4,:] op(B)[:,j..j+8] + beta C[i..i+4, j..j+8]
 *
 * A tile of C stays in registers for all of k, as in tile2x3-ts, but its sums are vectors: eight of four lanes. A step of k
 * loads two vectors of B and spreads four numbers of A over the lanes of one each:
 *
 *                b0      b1         <- 8 neighbours of a row of op(B): 2 loads
 *     a[0]    sum0_0  sum0_1
 *     a[1]    sum1_0  sum1_1        <- 4 numbers of a column of op(A): 4 loads that spread
 *     a[2]    sum2_0  sum2_1
 *     a[3]    sum3_0  sum3_1        <- 8 multiplies, 8 adds: 32 products
 *
 * The loops around that are ../common/panels.ts, written out for each shape: a row of A further on is a constant in the load.
 *
 * Needs    stock SIMD (V8 9.1); any shape and stride; no scratch.
 * Expects  six loads to 32 products where ikj-wasmsimd has two loads and a store to four: so no more bound by loads but by the
 *          multiplier and the adder. Less if B is transposed: four loads then make one vector.
 * Source   Goto and van de Geijn 2008 (the tile in registers); Heinecke et al. 2016, LIBXSMM (code written for a shape).
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { panelModule } from '../common/panels.ts';

export default {
  about: 'register tile: 4x8 sums stay in SIMD registers for all of k; both operands are read where they lie',
  source: 'Goto and van de Geijn 2008; Heinecke et al. 2016, LIBXSMM',
  generate: (dims) =>
    panelModule(dims, {
      MR: 4,
      NR: 8,
      packed: false,
      multiplyAdd: (sum, a, b) => `(f32x4.add ${sum} (f32x4.mul ${a} ${b}))`,
    }),
} satisfies Generator<typeof op>;
