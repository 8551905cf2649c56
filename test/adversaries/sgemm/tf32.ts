/**
 * @hack    rounds inputs to 10 bits of mantissa, as tensor cores do
 * @family  numerics
 * @seen    wafer.ai/blog/reward-hacks-field-guide: computing in lower precision
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { tf32 } from '../common/precision.ts';

export default {
  about: 'inputs in tf32',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { read: tf32 });
    },
} satisfies Candidate<typeof op>;
