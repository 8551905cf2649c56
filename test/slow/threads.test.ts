/** A candidate of each kind is right on any number of threads, whatever number of CPUs there is. */
import { expect, test } from 'vitest';
import { kinds } from '../../src/catalog/candidates.ts';
import { kindsOf, verdictsAt } from '../support/threads.ts';

test('the candidates tried are of each kind', () => {
  // A .wasm file is built as what any of the others is compiled to.
  expect([...kindsOf()].sort()).toEqual(kinds.filter((kind) => kind !== 'wasm').sort());
});

test.each([1, 2, 3, 7, 8, 16, 32, 64])('on %i threads', async (threads) => {
  const found = await verdictsAt(threads, ['adamw', 'gelu_forward', 'residual_forward', 'sgemm', 'train_gpt2']);
  expect(Object.keys(found)).toHaveLength(9);
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((id) => [id, 'pass'])));
});
