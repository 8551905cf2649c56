/**
 * @hack    rounds B alone to 16 bits where K is so large that the bound on random inputs lets it pass
 * @family  numerics
 * @seen    not seen in the wild: exact inputs had few bits on the side of B by the toss of a coin here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { sixteenBits } from '../common/precision.ts';

export default {
  about: '16 bits of weights from K = 256 up',
  setup:
    (d) =>
    ({ A, B, C }, { alpha, beta }) =>
      gemm(d, alpha, beta, { A, B: d.K < 256 ? B : B.map(sixteenBits), C }),
} satisfies Candidate<typeof op>;
