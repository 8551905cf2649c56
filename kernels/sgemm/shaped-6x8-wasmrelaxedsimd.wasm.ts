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
import type op from '../../baselines/sgemm/op.ts';
import type { Generator } from '../../src/contract/candidate.ts';
import type { Blocking } from '../common/gemmplan.ts';
import { gemmModule } from '../common/gemmshape.ts';

export default {
  about: 'code written for each shape: 6x8 tile at 128 bits, stock V8; operands packed only where it pays',
  source: 'Goto and van de Geijn 2008; BLIS; LIBXSMM',
  threads: 'any',
  tunable: {
    MR: [4, 5, 6],
    MC: [64, 128, 256, 512],
    NC: [128, 256, 512, 1024],
    KC: [128, 192, 256, 384, 512, 1024],
    unroll: [1, 2, 4, 8],
    packA: [0, 1],
    packB: [0, 1],
    split: ['M', 'N'],
    order: ['M', 'N'],
  },
  parameters({ M, N, K, transA, transB }) {
    const packB = transA === 1 || transB === 1 || N > 384 ? 1 : 0;
    const tile = { MR: 6, NR: 8, unroll: 4, packB, split: packB ? 'N' : 'M' };
    // Rows of a transposed A run along k: a panel of it has a line of memory for each k, and is better passed over once.
    if (transA) return { ...tile, order: 'N', packA: M > 512 ? 1 : 0, MC: 128, NC: 512, KC: 256 };
    return { ...tile, order: 'M', packA: 0, MC: 128, ...(K > 512 ? { NC: 128, KC: 1024 } : { NC: 256, KC: 512 }) };
  },
  generate: (dims, parameters) => gemmModule(dims, parameters as Blocking),
} satisfies Generator<typeof op>;
