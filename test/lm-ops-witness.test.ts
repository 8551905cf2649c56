/**
 * A second witness for the ops of a training step: tfjs, which differentiates by itself, must tell what the oracles tell.
 *
 * The forward ops stand against tfjs' own ops, the backward ones against its gradients of sum(out dout). adamw stands against
 * tf.train.adam, which puts eps beside the root of the corrected v as adamw does, but knows no weight_decay: that is 0 here.
 * Its moments start from 0, so it takes some steps, and the oracle each of them from where tfjs stands. beta2 is 0.95, since
 * tfjs takes 1 - beta2^t in f32, wrong by u / (1 - beta2).
 *
 * Error    tfjs is f32: some tens of roundings of u = 6e-8, relative to a tensor's largest value, where 3e-6 is room for
 *          50 of them and a mistake in a formula (a bias left out, a scale) shows from 1e-2. A step of adamw moves params by
 *          a hundredth of their size, and is compared by itself: 1e-4 is 20 roundings of params.
 */
import { describe, expect, test } from 'vitest';
import adamw from '../baselines/adamw/oracle.ts';
import { makeRng } from '../src/contract/rng.ts';
import { added, draw, loadPair, namesOf, type Pair, pairs, truthsOf } from './support/lm-ops.ts';
import { adam, forward, gradients, type Moments, type Values } from './witness/ops-tfjs.ts';

const tolerance = 3e-6;

describe.each(pairs)('tfjs agrees with the oracles of $name', async (pair: Pair) => {
  const loaded = await loadPair(pair);
  const { op, oracle } = loaded.forward;

  describe.each(pair.dims.map((dims) => [JSON.stringify(dims), dims] as const))('%s', (_, dims) => {
    const drawn = draw(loaded, dims, makeRng(17), (length) => new Float32Array(length));
    const inputs = drawn.forward as Values;

    test('on every output', async () => {
      const truths = truthsOf(oracle, dims, drawn.forward);
      const got = await forward(pair.name, op, dims, inputs);
      for (const name of namesOf(op, 'out')) {
        expect(distance(truths[name].want, got[name]), name).toBeLessThan(tolerance);
      }
    });

    test('on every gradient', async () => {
      const dout = drawn.backward[`d${pair.out}`] as Float32Array;
      const got = await gradients(pair.name, op, dims, inputs, pair.out, dout, drawn.differentiable);
      for (const name of drawn.differentiable) {
        const want = added(loaded, dims, drawn.backward, name);
        expect(distance(want, got[name]), name).toBeLessThan(tolerance);
      }
    });
  });
});

test('tf.train.adam agrees with the oracle of adamw, without weight decay', async () => {
  const N = 29;
  const s = { learning_rate: 0.01, beta1: 0.9, beta2: 0.95, eps: 1e-3 };
  const rng = makeRng(23);
  const normal = () => new Float32Array(N).map(() => rng.normal());
  const [first, ...grads] = Array.from({ length: 6 }, normal);
  let before: Moments = { params: first, m: new Float32Array(N), v: new Float32Array(N) };
  for (const [i, state] of (await adam(first, grads, s)).entries()) {
    const inputs = { ...before, grads: grads[i], step: Int32Array.of(i + 1) };
    const truths = adamw.truths({ N }, { ...s, weight_decay: 0 }, inputs);
    expect(distance(truths.m.want, state.m), 'm').toBeLessThan(tolerance);
    expect(distance(truths.v.want, state.v), 'v').toBeLessThan(tolerance);
    const move = (after: number, j: number) => after - before.params[j];
    expect(distance(truths.params.want.map(move), state.params.map(move)), 'params').toBeLessThan(1e-4);
    before = state;
  }
});

/** The largest difference, relative to the largest value. */
function distance(want: Float64Array, got: Float32Array): number {
  expect(got.length).toBe(want.length);
  const largest = want.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return want.reduce((most, x, i) => Math.max(most, Math.abs(got[i] - x)), 0) / largest;
}
