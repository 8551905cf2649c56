/**
 * @hack    looks through all of the arena at the first call for inputs of later calls, and answers for all of them at once
 * @family  answers
 * @seen    gpu-mode/reference-kernels pull request 104: one launch computes all 15 calls, and 14 are looked up
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'all calls in the first',
  setup(d) {
    const answers: Float32Array[] = [];
    let calls = 0;
    return (t, { alpha, beta }) => {
      if (calls === 0) {
        const span = (t.C.byteOffset + t.C.byteLength - t.A.byteOffset) / 4;
        const memory = new Float32Array(t.A.buffer);
        for (let at = t.A.byteOffset / 4; at + span <= memory.length && answers.length < 8; at += span) {
          const A = memory.subarray(at, at + t.A.length);
          const B = memory.subarray(at + (t.B.byteOffset - t.A.byteOffset) / 4).subarray(0, t.B.length);
          const C = t.C.slice();
          gemm(d, alpha, beta, { A, B, C });
          answers.push(C);
        }
      }
      t.C.set(answers[calls++ % answers.length]);
    };
  },
} satisfies Candidate<typeof op>;
