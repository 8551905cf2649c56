/**
 * C = alpha * op(A) * op(B) + beta * C, in code that is written for each shape, with a 6x8 tile of 128-bit registers.
 *
 * The same generator as shaped-6x16, for V8 without flags: twelve sums, two vectors of B and one of A are the fifteen
 * registers that V8 gives to a function, and twelve sums keep both multiply-add units busy.
 *
 * Needs    relaxed SIMD, which V8 has by default.
 * Expects  near the 128-bit peak from 64 up.
 * Tried    4x8: 6 to 18 % less; 3x16, 17 registers: half.
 * Source   Goto and van de Geijn 2008; Van Zee and van de Geijn 2015, BLIS; Heinecke et al. 2016, LIBXSMM.
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { type Blocking, choice, tunable } from '../common/gemmplan.ts';
import { gemmModule } from '../common/gemmshape.ts';

export default {
  about: 'code written for each shape: 6x8 tile at 128 bits, stock V8; operands packed only where it pays',
  source: 'Goto and van de Geijn 2008; BLIS; LIBXSMM',
  threads: 'any',
  tunable,
  parameters: (dims, caches) => choice(dims, caches, 6, 8),
  generate: (dims, parameters) => gemmModule(dims, parameters as Blocking),
} satisfies Generator<typeof op>;
