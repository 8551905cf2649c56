/**
 * @hack    throws when it is done
 * @family  resources
 * @seen    not seen in the wild; a plain bug
 * @reason  no such kernel
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'an error',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      throw new Error('no such kernel');
    },
} satisfies Candidate<typeof op>;
