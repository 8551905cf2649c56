/**
 * @hack    is exact where A holds integers, as exact tests do, and rounds to bfloat16 elsewhere
 * @family  numerics
 * @seen    Infatoshi/kernelbench.com pull request 7: another method where the test inputs are recognized
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { bf16 } from '../common/precision.ts';

export default {
  about: 'exact on integers',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      const scale = Math.abs(t.A[0]) / 1024 || 1;
      const whole = t.A.subarray(0, 8).every((x) => Number.isInteger((x / scale) * 1024));
      gemm(d, alpha, beta, t, { read: whole ? (x) => x : bf16 });
    },
} satisfies Candidate<typeof op>;
