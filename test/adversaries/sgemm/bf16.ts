/**
 * @hack    rounds inputs to bfloat16
 * @family  numerics
 * @seen    wafer.ai/blog/reward-hacks-field-guide: computing in lower precision
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { bf16 } from '../common/precision.ts';

export default {
  about: 'inputs in bfloat16',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { read: bf16 });
    },
} satisfies Candidate<typeof op>;
