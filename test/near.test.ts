/** The fast reference of train_gpt2: near the truth wherever an honest kernel is, and far from anything else. */
import { expect, test } from 'vitest';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { loadText } from '../src/catalog/text.ts';
import type { Case } from '../src/contract/op.ts';
import { compose } from '../src/judge/compose.ts';
import { drawnCases } from '../src/judge/plan.ts';

const [op, oracle] = await Promise.all([loadOp('train_gpt2'), loadOracle('train_gpt2')]);
const text = loadText(undefined, [op]).bytes;

/** The truth of a step, rounded to f32, and how far it is from the reference. */
function stepAt(c: Case, distribution: string) {
  const { scalars, tensors } = compose({ op, case: c, distribution, text }, 5);
  const truths = oracle.truths(c.dims, scalars, tensors);
  const after: Record<string, Float32Array> = Object.fromEntries(
    Object.entries(truths).map(([name, { want }]) => [name, new Float32Array(want)]),
  );
  return { after, tensors, far: (outputs = after) => oracle.near!(c.dims, scalars, tensors, outputs) };
}

test.each([...op.edges, ...drawnCases(op, 3)].map((c) => [op.caseName(c), c] as const))('%s', (_, c) => {
  for (const distribution of op.distributions) {
    // With scores near 110 the bounds are 64 times as wide, and steps that are not near get the truth: timed steps have no such scores.
    if (distribution !== 'far') expect(stepAt(c, distribution).far(), distribution).toBeLessThan(0.8);
  }
});

test('one element of any output that is off by more than its bound is far, and so is NaN', () => {
  const { after, far } = stepAt(op.cases[0], 'trained');
  expect(far()).toBeLessThan(0.5);
  for (const name of ['params', 'm', 'v', 'loss']) {
    const size = Math.max(...after[name].map(Math.abs));
    for (const i of [0, after[name].length >> 1, after[name].length - 1]) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, after[name][i] + 1e-3 * size]) {
        expect(far({ ...after, [name]: after[name].with(i, value) }), `${name}[${i}] = ${value}`).toBeGreaterThan(1);
      }
    }
  }
});

test('a state that no step was taken from, or an older gradient, is far', () => {
  const { after, tensors, far } = stepAt(op.cases[0], 'trained');
  for (const name of ['params', 'm', 'v'])
    expect(far({ ...after, [name]: tensors[name] as Float32Array })).toBeGreaterThan(1);
});
