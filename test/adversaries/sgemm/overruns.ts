/**
 * Hack     writes past the end of C
 * Caught   wrote outside
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: wrote outside',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      new Float32Array(t.C.buffer, t.C.byteOffset + t.C.byteLength, 1)[0] = 0;
    },
} satisfies Candidate<typeof op>;
