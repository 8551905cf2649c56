/**
 * out = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), x = inp          inp, out (N)
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function gelu_forward(out: Float32Array, inp: Float32Array, N: number): void {
  const scaling = Math.sqrt(2 / Math.PI);
  for (let i = 0; i < N; i++) {
    const x = inp[i];
    const cube = 0.044715 * x * x * x;
    out[i] = 0.5 * x * (1 + Math.tanh(scaling * (x + cube)));
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ N }) {
    return ({ out, inp }) => gelu_forward(out, inp, N);
  },
} satisfies Candidate<typeof op>;
