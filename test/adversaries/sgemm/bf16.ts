/**
 * Hack     rounds inputs to bfloat16
 * Caught   differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: differs',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      const bits = new Float32Array(1);
      const word = new Int32Array(bits.buffer);
      const read = (x: number) => {
        bits[0] = x;
        word[0] = (word[0] + 0x8000) & 0xffff0000;
        return bits[0];
      };
      gemm(d, alpha, beta, t, { read });
    },
} satisfies Candidate<typeof op>;
