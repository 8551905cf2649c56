/**
 * dinp1 += dout;  dinp2 += dout
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function residual_backward(dinp1: Float32Array, dinp2: Float32Array, dout: Float32Array, N: number): void {
  for (let i = 0; i < N; i++) {
    const d = dout[i];
    dinp1[i] += d;
    dinp2[i] += d;
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ N }) {
    return ({ dinp1, dinp2, dout }) => residual_backward(dinp1, dinp2, dout, N);
  },
} satisfies Candidate<typeof op>;
