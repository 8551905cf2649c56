/**
 * Hack     wipes A, so that a check that computes from it agrees with anything
 * Caught   input changed
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: input changed',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      t.A.fill(0);
    },
} satisfies Candidate<typeof op>;
