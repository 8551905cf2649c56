/**
 * Hack     throws
 * Caught   no such kernel
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: no such kernel',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      throw new Error('no such kernel');
    },
} satisfies Candidate<typeof op>;
