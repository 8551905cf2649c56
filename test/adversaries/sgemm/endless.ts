/**
 * Hack     never returns
 * Caught   no answer
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: no answer',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      while (d.M === 7);
    },
} satisfies Candidate<typeof op>;
