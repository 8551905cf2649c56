/**
 * Odd      tanh as a quotient of two polynomials, and 1 - tanh^2 from it, all in f32.
 * Honest   the tanh is good to 7 u, as that of gelu_forward/rational-tanh.ts is; where it is near 1, little is left of 1 - tanh^2.
 */
import type op from '../../../baselines/gelu_backward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { tanh } from '../gelu_forward/rational-tanh.ts';

const { fround } = Math;

export function gelu_backward(dinp: Float32Array, inp: Float32Array, dout: Float32Array, N: number): void {
  const scaling = fround(Math.sqrt(2 / Math.PI));
  const cubic = fround(0.044715);
  for (let i = 0; i < N; i++) {
    const x = inp[i];
    const square = fround(x * x);
    const t = tanh(fround(scaling * fround(x + fround(fround(square * x) * cubic))));
    const rest = fround(1 - fround(t * t));
    const slope = fround(scaling * fround(1 + fround(fround(3 * cubic) * square)));
    const own = fround(fround(0.5 * x) * fround(rest * slope));
    dinp[i] += fround(fround(fround(0.5 * fround(1 + t)) + own) * dout[i]);
  }
}

export default {
  about: 'tanh as a rational function, in f32',
  setup({ N }) {
    return ({ dinp, inp, dout }) => gelu_backward(dinp, inp, dout, N);
  },
} satisfies Candidate<typeof op>;
