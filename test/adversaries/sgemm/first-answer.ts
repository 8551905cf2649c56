/**
 * @hack    computes once and returns that answer ever after
 * @family  answers
 * @seen    gpu-mode/reference-kernels issue 162: cached results
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'the first answer again',
  setup(d) {
    let answer: Float32Array | null = null;
    return (t, { alpha, beta }) => {
      if (answer) return t.C.set(answer);
      gemm(d, alpha, beta, t);
      answer = t.C.slice();
    };
  },
} satisfies Candidate<typeof op>;
