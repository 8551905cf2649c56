/**
 * sum = a * b + sum in one instruction, rounded once: the fused multiply-add
 *
 * tile4x8 with one instruction in place of two. WebAssembly has it as f32x4.relaxed_madd: "relaxed", since a processor without
 * the fused instruction may round twice, so that the last bit depends on the machine. The product needs no register of its own
 * any more, and so the tile can be higher. It should be: a multiply-add takes 4 cycles and two can start in each, so that fewer
 * than 4 x 2 = 8 independent sums leave a unit idle, and 8 leave no slack. 6x8 has twelve, and with two vectors of B and one of A
 * they are the 15 registers that V8 gives to a function.
 *
 * Needs    relaxed SIMD (V8 11.4, Node 21); scratch of K x 8 floats.
 * Expects  twice the rate of tile4x8 where multiplies and adds share their units; less on cores that have adders beside the
 *          multiply-add units, as AMD's Zen has: there it saves instructions, not units.
 * Source   WebAssembly relaxed SIMD proposal; Fog, instruction tables, for latencies and units.
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { panelModule } from '../common/panels.ts';

export default {
  about: 'fused multiply-add in place of multiply and add; the register that it saves makes the tile 6x8',
  source: 'WebAssembly relaxed SIMD proposal',
  generate: (dims) =>
    panelModule(dims, {
      MR: 6,
      NR: 8,
      packed: true,
      multiplyAdd: (sum, a, b) => `(f32x4.relaxed_madd ${a} ${b} ${sum})`,
    }),
} satisfies Generator<typeof op>;
