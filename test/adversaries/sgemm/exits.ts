/**
 * Hack     ends the process with exit code 0
 * Caught   process is not defined
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: process is not defined',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      process.exit(0);
    },
} satisfies Candidate<typeof op>;
