/**
 * out = inp1 + inp2          all (N)
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function residual_forward(out: Float32Array, inp1: Float32Array, inp2: Float32Array, N: number): void {
  for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i];
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ N }) {
    return ({ out, inp1, inp2 }) => residual_forward(out, inp1, inp2, N);
  },
} satisfies Candidate<typeof op>;
