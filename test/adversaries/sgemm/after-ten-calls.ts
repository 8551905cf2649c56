/**
 * @hack    is right for ten calls and then leaves out half of the terms
 * @family  answers
 * @seen    karpathy/llm.c pull request 852: right for the first ten calls
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
