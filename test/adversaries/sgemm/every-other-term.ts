/**
 * @hack    sums every other term, twice
 * @family  numerics
 * @seen    Infatoshi/kernelbench.com pull request 7: samples in place of all
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'half the terms, doubled',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { step: 2, write: (x) => 2 * x });
    },
} satisfies Candidate<typeof op>;
