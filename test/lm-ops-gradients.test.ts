/**
 * Who checks the oracles of the backward ops: central differences of the forward ops' oracles. And the oracle of adamw: the
 * textbook line.
 *
 * Error    (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h is off by h^4 f^(5) / 30 + u f / h, u = 2^-53: some 1e-12 at
 *          h = 1e-3, where a wrong formula is off by 1e-3.
 */
import { describe, expect, test } from 'vitest';
import adamw from '../baselines/adamw/oracle.ts';
import type { AnyOp, TensorSpec } from '../src/contract/op.ts';
import { makeRng } from '../src/contract/rng.ts';
import { type Arrays, added, draw, loadPair, namesOf, type Pair, pairs, truthsOf } from './support/lm-ops.ts';

const most = 24;

describe.each(pairs)('the gradients of $name', async (pair: Pair) => {
  const loaded = await loadPair(pair);

  test.each(pair.dims.map((dims) => [JSON.stringify(dims), dims] as const))('are the slopes at %s', (_, dims) => {
    const rng = makeRng(11);
    const drawn = draw(loaded, dims, rng, (length) => new Float64Array(length));
    const dout = drawn.backward[`d${pair.out}`];
    const sum = (inputs: Arrays) =>
      truthsOf(loaded.forward.oracle, dims, inputs)[pair.out].want.reduce((total, y, i) => total + y * dout[i], 0);

    function slope(name: string, i: number): number {
      const h = 1e-3;
      const f = (shift: number) => sum({ ...drawn.forward, [name]: shifted(drawn.forward[name], i, shift) });
      return (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
    }

    expect(drawn.differentiable.toSorted()).toEqual(floats(loaded.forward.op).toSorted());
    for (const name of drawn.differentiable) {
      const gradient = added(loaded, dims, drawn.backward, name);
      expect(gradient.length).toBe(drawn.forward[name].length);
      for (let n = 0; n < Math.min(most, gradient.length); n++) {
        const i = gradient.length <= most ? n : rng.int(0, gradient.length - 1);
        expect(Math.abs(gradient[i] - slope(name, i)), `${name}[${i}]`).toBeLessThan(1e-10);
      }
    }
  });
});

/** Every input that is not an id has a gradient. */
function floats(op: AnyOp): string[] {
  return namesOf(op, 'in').filter((name) => (op.tensors[name] as TensorSpec).dtype === 'f32');
}

function shifted(values: Arrays[string], i: number, by: number): Float64Array {
  return Float64Array.from(values).with(i, values[i] + by);
}

describe('the update of adamw', () => {
  const own = { learning_rate: 0.05, beta1: 0.8, beta2: 0.9, eps: 1e-3, weight_decay: 0.3 };

  test.each([1, 2, 4, 1000])('is the textbook line at step %d', (t) => {
    const N = 37;
    const rng = makeRng(t);
    const [params, m, grads] = [0, 1, 2].map(() => new Float32Array(N).map(() => rng.normal()));
    const v = new Float32Array(N).map(() => rng.normal() ** 2);
    const truths = adamw.truths({ N }, own, { params, m, v, grads, step: Int32Array.of(t) });
    for (let i = 0; i < N; i++) {
      const first = 0.8 * m[i] + 0.2 * grads[i];
      const second = 0.9 * v[i] + 0.1 * grads[i] * grads[i];
      const adam = first / (1 - 0.8 ** t) / (1e-3 + Math.sqrt(second / (1 - 0.9 ** t)));
      expect(truths.m.want[i]).toBeCloseTo(first, 14);
      expect(truths.v.want[i]).toBeCloseTo(second, 14);
      expect(truths.params.want[i]).toBeCloseTo(params[i] * (1 - 0.05 * 0.3) - 0.05 * adam, 13);
    }
  });
});
