/** A tanh as the usual quotient of polynomials is, good to 4 ulp and no better, keeps the bounds of both gelus. */
import { expect, test } from 'vitest';
import backward from '../baselines/gelu_backward/op.ts';
import backwardOracle from '../baselines/gelu_backward/oracle.ts';
import forward from '../baselines/gelu_forward/op.ts';
import forwardOracle from '../baselines/gelu_forward/oracle.ts';
import { gelu_backward } from './odd-but-honest/gelu_backward/rational-tanh.ts';
import { gelu_forward } from './odd-but-honest/gelu_forward/rational-tanh.ts';

/** Of all f32 from -7 to -0.5, the one that is farthest off in gelu_forward. */
const hardest = -4.1755170822143555;

/** And one f32 in 11 from 2 to 6, with both signs, where such a tanh comes nearest to its bounds. */
function densely(): Float32Array {
  const value = new Float32Array(1);
  const bits = new Int32Array(value.buffer);
  const bitsOf = (x: number) => {
    value[0] = x;
    return bits[0];
  };
  const [from, to] = [bitsOf(2), bitsOf(6)];
  const words = Int32Array.from({ length: Math.floor((to - from) / 11) }, (_, i) => from + 11 * i);
  const positive = new Float32Array(words.buffer);
  const signed = (_: unknown, i: number) => (i & 1 ? -1 : 1) * positive[i >> 1];
  return Float32Array.from([hardest, ...Array.from({ length: 2 * positive.length }, signed)]);
}

const inp = densely();
const N = inp.length;
const common = { dims: { N }, scalars: {}, distribution: 'normal', baseline: null };

/** The largest error as a share of its bound. */
function worst(got: Float32Array, want: Float64Array, bound: Float64Array): number {
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]) / bound[i]), 0);
}

test('gelu_forward', () => {
  const out = new Float32Array(N);
  const inputs = { inp, out };
  const truths = forwardOracle.truths({ N }, {}, inputs);
  const bounds = forward.bounds({ ...common, inputs, truths });
  gelu_forward(out, inp, N);
  expect(worst(out, truths.out.want, bounds.out)).toBeLessThan(1);
});

test('gelu_backward', () => {
  const [dinp, dout] = [new Float32Array(N), new Float32Array(N).fill(1)];
  const inputs = { dinp, inp, dout };
  const truths = backwardOracle.truths({ N }, {}, inputs);
  const bounds = backward.bounds({ ...common, inputs, truths });
  gelu_backward(dinp, inp, dout, N);
  expect(worst(dinp, truths.dinp.want, bounds.dinp)).toBeLessThan(1);
});
