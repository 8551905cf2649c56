/**
 * @hack    leaves out products with a factor below 1/64
 * @family  numerics
 * @seen    Infatoshi/kernelbench.com pull request 7: approximations by the scale of the inputs
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'small factors are taken for zero',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { read: (x) => (Math.abs(x) < 1 / 64 ? 0 : x) });
    },
} satisfies Candidate<typeof op>;
