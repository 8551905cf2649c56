/**
 * @hack    rounds inputs to 16 bits where K is so large that the bound on random inputs lets it pass
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { sixteenBits } from '../common/precision.ts';

export default {
  about: '16 bits from K = 256 up',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { read: d.K < 256 ? (x) => x : sixteenBits });
    },
} satisfies Candidate<typeof op>;
