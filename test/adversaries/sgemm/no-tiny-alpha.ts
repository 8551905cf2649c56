/**
 * @hack    takes alpha for 0 where it is below 1e-3, and skips the product
 * @family  answers
 * @seen    not seen in the wild: alpha was a multiple of 1/4 here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'what is small is nothing',
  setup:
    (d) =>
    (t, { alpha, beta }) =>
      gemm(d, Math.abs(alpha) < 1e-3 ? 0 : alpha, beta, t),
} satisfies Candidate<typeof op>;
