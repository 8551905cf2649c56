/**
 * Hack     computes once and returns that answer ever after (result caching, seen in several public harnesses' boards)
 * Caught   differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from './plain.ts';

export default {
  about: 'must fail: differs',
  setup(d) {
    let answer: Float32Array | null = null;
    return (t, { alpha, beta }) => {
      if (answer) return t.C.set(answer);
      gemm(d, alpha, beta, t);
      answer = t.C.slice();
    };
  },
} satisfies Candidate<typeof op>;
