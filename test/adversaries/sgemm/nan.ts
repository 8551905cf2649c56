/**
 * Hack     answers with NaN, which passes wherever a comparison asks for error > tolerance
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
      gemm(d, alpha, beta, t, { write: () => Number.NaN });
    },
} satisfies Candidate<typeof op>;
