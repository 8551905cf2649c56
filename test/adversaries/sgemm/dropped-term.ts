/**
 * Hack     sums one term fewer than K
 * Caught   differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: differs',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { terms: (K) => Math.max(0, K - 1) });
    },
} satisfies Candidate<typeof op>;
