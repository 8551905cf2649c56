/**
 * @hack    multiplies in setup, untimed, what it finds in the arena, and copies that when it is called
 * @family  clock
 * @seen    gpu-mode/pygpubench pull request 7, submission_gc_copy: work at import time, on what memory holds by then
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'work before the clock starts',
  setup(d, arena) {
    const early = new Float32Array(arena.f32(1).buffer.slice(0)); // All of the arena, before there are inputs in it.
    const then = (x: Float32Array) => early.subarray(x.byteOffset / 4, x.byteOffset / 4 + x.length);
    let known: Float32Array | null = null;
    return (t, { alpha, beta }) => {
      if (!known) {
        known = new Float32Array(t.C.length);
        gemm(d, alpha, beta, { A: then(t.A), B: then(t.B), C: known });
      }
      t.C.set(known);
    };
  },
} satisfies Candidate<typeof op>;
