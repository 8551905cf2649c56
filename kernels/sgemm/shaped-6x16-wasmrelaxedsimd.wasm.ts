/**
 * C = alpha * op(A) * op(B) + beta * C, in code that is written for each shape, with a 6x16 tile of 256-bit registers.
 *
 * What packing costs shows most in small products, and a shape that is known saves much of it: strides are constants of
 * the loads, so that op(A) is read where it lies, and so is B as long as its rows do not lie too far apart. Packed B is
 * split by columns: each thread packs what it needs and nobody waits. Unpacked B is split by rows.
 *
 * Needs    AVX2 and the revectorizer, and TurboFan from the first call on: the code of a shape is new, and what is called
 *          seldom (packing) would stay in Liftoff.
 * Expects  near peak from 128 up.
 * Source   Goto and van de Geijn 2008; Van Zee and van de Geijn 2015, BLIS; Heinecke et al. 2016, LIBXSMM.
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { type Blocking, choice, tunable } from '../common/gemmplan.ts';
import { gemmModule } from '../common/gemmshape.ts';

export default {
  about:
    'code written for each shape: 6x16 tile at 256 bits, operands packed only where it pays, blocked for the caches',
  source: 'Goto and van de Geijn 2008; BLIS; LIBXSMM',
  flags: ['--experimental-wasm-revectorize', '--no-liftoff'],
  threads: 'any',
  tunable,
  parameters: (dims, caches) => choice(dims, caches, 6, 16),
  generate: (dims, parameters) => gemmModule(dims, parameters as Blocking),
} satisfies Generator<typeof op>;
