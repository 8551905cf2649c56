/**
 * @hack    is exact on small shapes and rounds to bfloat16 on those that are timed
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { bf16 } from '../common/precision.ts';

export default {
  about: 'bfloat16 from 64 up',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { read: Math.min(d.M, d.N, d.K) < 64 ? (x) => x : bf16 });
    },
} satisfies Candidate<typeof op>;
