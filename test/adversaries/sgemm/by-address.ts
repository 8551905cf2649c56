/**
 * @hack    keeps answers by the address of A
 * @family  answers
 * @seen    gpu-mode/reference-kernels pull request 102: by object identity; CUDA-L1, reported at vanshverma.com: by pointer
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'answers by address',
  setup(d) {
    const answers = new Map<number, Float32Array>();
    return (t, { alpha, beta }) => {
      const known = answers.get(t.A.byteOffset);
      if (known) return t.C.set(known);
      gemm(d, alpha, beta, t);
      answers.set(t.A.byteOffset, t.C.slice());
    };
  },
} satisfies Candidate<typeof op>;
