/**
 * @hack    rounds inputs to half precision
 * @family  numerics
 * @seen    wafer.ai/blog/reward-hacks-field-guide: computing in lower precision
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { fp16 } from '../common/precision.ts';

export default {
  about: 'inputs in half precision',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t, { read: fp16 });
    },
} satisfies Candidate<typeof op>;
