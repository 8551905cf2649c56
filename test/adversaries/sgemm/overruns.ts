/**
 * @hack    writes past the end of C
 * @family  verifier
 * @seen    not seen in the wild; a plain bug
 * @reason  wrote outside
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'one element too many',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      new Float32Array(t.C.buffer, t.C.byteOffset + t.C.byteLength, 1)[0] = 0;
    },
} satisfies Candidate<typeof op>;
