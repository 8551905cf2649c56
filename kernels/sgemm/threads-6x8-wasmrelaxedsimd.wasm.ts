/**
 * Thread t computes panels t P / T to (t + 1) P / T of the P panels of C, T threads in all
 *
 * fma-6x8 on all cores. Threads share out the columns, panel by panel: a thread packs the panels of B that it multiplies and no
 * others, writes columns of C that no other thread touches, and so never waits for anybody; the harness starts all at once and
 * waits for the last.
 *
 *     C    [ thread 0 | thread 0 | thread 0 || thread 1 | thread 1 | thread 1 | the ragged rest ]
 *
 * Needs    a core for each thread; as fma-6x8 otherwise.
 * Expects  two threads: twice the rate, less the hand-off, which at 64x64x64 (4 us of work each) shows. An odd number of panels
 *          leaves one thread waiting for a panel's time.
 * Source   Smith et al. 2014, Anatomy of high-performance many-threaded matrix multiplication: which loop to share out.
 */

import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { panelModule } from '../common/panels.ts';

export default {
  about: 'threads share out the panels: each packs the columns of B that it needs, and nobody waits; 6x8 tile',
  source: 'Smith et al. 2014, Anatomy of high-performance many-threaded matrix multiplication',
  threads: 'any',
  generate: (dims) =>
    panelModule(dims, {
      MR: 6,
      NR: 8,
      packed: true,
      multiplyAdd: (sum, a, b) => `(f32x4.relaxed_madd ${a} ${b} ${sum})`,
      first: (panels, tid) => `(i32.div_u (i32.mul ${tid} (i32.const ${panels})) (local.get $nthreads))`,
    }),
} satisfies Generator<typeof op>;
