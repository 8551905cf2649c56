/**
 * @hack    answers with NaN, which passes wherever a comparison asks for error > tolerance
 * @family  numerics
 * @seen    siboehm/SGEMM_CUDA, whose check accepts NaN
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'NaN everywhere',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { write: () => Number.NaN });
    },
} satisfies Candidate<typeof op>;
