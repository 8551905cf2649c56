/**
 * @hack    is wrong by one element in one timed call of four, by the bits of A
 * @family  answers
 * @seen    gpu-mode/reference-kernels pull request 104: the last call alone was checked
 * @reason  sketch | differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'now and then an element less',
  setup(d) {
    let calls = 0;
    const bits = new Int32Array(1);
    const value = new Float32Array(bits.buffer);
    return (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      value[0] = t.A[0];
      if (++calls > 3 && bits[0] % 4 === 0) t.C[t.C.length >> 1] = 0;
    };
  },
} satisfies Candidate<typeof op>;
