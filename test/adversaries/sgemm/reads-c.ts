/**
 * Hack     reads C where beta is 0, so that NaN in it survives
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
      gemm(d, alpha, beta === 0 ? 1e-30 : beta, t);
    },
} satisfies Candidate<typeof op>;
