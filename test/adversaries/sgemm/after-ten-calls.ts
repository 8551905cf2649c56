/**
 * @hack    is right for ten calls and then leaves out half of the terms
 * @family  answers
 * @seen    gpu-mode/reference-kernels pull request 104: a phase of learning, then calls that do nothing
 * @reason  differs | sketch
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'half the work after ten calls',
  setup(d) {
    let calls = 0;
    return (t, { alpha, beta }) => {
      const lazy = ++calls > 10;
      gemm(d, alpha, beta, t, { terms: (K) => (lazy ? K >> 1 : K) });
    };
  },
} satisfies Candidate<typeof op>;
