/**
 * @hack    wipes A, so that a check that computes from it agrees with anything
 * @family  answers
 * @seen    ScalingIntelligence/KernelBench pull request 82
 * @reason  input changed
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'A is wiped',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      t.A.fill(0);
    },
} satisfies Candidate<typeof op>;
