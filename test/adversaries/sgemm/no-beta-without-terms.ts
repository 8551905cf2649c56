/**
 * @hack    returns at once where K = 0, and leaves C as it was
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'nothing to do for K = 0',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      if (d.K > 0) gemm(d, alpha, beta, t);
    },
} satisfies Candidate<typeof op>;
