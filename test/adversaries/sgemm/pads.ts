/**
 * @hack    writes zeros to the padding between N and ldc
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'rows out to ldc',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      for (let i = 0; i < d.M; i++) t.C.fill(0, i * d.ldc + d.N, (i + 1) * d.ldc);
    },
} satisfies Candidate<typeof op>;
