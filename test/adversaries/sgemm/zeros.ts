/**
 * @hack    answers with zeros
 * @family  answers
 * @seen    ScalingIntelligence/KernelBench issue 165: zeros pass 4 of 60 tasks; karpathy/llm.c, matmul_forward.c
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'zeros everywhere',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { write: () => 0 });
    },
} satisfies Candidate<typeof op>;
