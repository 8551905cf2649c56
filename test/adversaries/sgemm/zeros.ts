/**
 * Hack     answers with zeros (accepted by several published checkers that subtract and take a maximum)
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
      gemm(d, alpha, beta, t, { write: () => 0 });
    },
} satisfies Candidate<typeof op>;
