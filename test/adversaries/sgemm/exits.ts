/**
 * Hack     ends the process with exit code 0
 * Caught   ended early
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: ended early',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      process.exit(0);
    },
} satisfies Candidate<typeof op>;
