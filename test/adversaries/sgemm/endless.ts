/**
 * @hack    never returns
 * @family  resources
 * @seen    not seen in the wild; made up here
 * @reason  no answer
 * @ends    never
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'an endless loop',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      while (d.M === 7);
    },
} satisfies Candidate<typeof op>;
