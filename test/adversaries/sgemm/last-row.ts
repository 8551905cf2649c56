/**
 * @hack    leaves out the last row
 * @family  answers
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'one row fewer',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm({ ...d, M: d.M - 1 }, alpha, beta, t);
    },
} satisfies Candidate<typeof op>;
