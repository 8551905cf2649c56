/**
 * Hack     gives other bits at every call
 * Caught   not repeatable
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: not repeatable',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { write: (x) => Math.fround(x) * (Math.random() < 0.5 ? 1 : 1 + 2 ** -23) });
    },
} satisfies Candidate<typeof op>;
