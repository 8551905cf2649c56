/**
 * dinp += dout times the derivative of gelu_forward at inp
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function gelu_backward(dinp: Float32Array, inp: Float32Array, dout: Float32Array, N: number): void {
  const scaling = Math.sqrt(2 / Math.PI);
  for (let i = 0; i < N; i++) {
    const x = inp[i];
    const cube = 0.044715 * x * x * x;
    const tanh = Math.tanh(scaling * (x + cube));
    const sech2 = 1 - tanh * tanh;
    const slope = 0.5 * (1 + tanh) + 0.5 * x * sech2 * scaling * (1 + 3 * 0.044715 * x * x);
    dinp[i] += slope * dout[i];
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ N }) {
    return ({ dinp, inp, dout }) => gelu_backward(dinp, inp, dout, N);
  },
} satisfies Candidate<typeof op>;
