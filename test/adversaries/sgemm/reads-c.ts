/**
 * @hack    reads C where beta is 0, so that NaN in it survives
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'beta is never 0',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta === 0 ? 1e-30 : beta, t);
    },
} satisfies Candidate<typeof op>;
