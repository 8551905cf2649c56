/** A candidate of each kind is right on any number of threads, whatever number of CPUs there is. */
import { expect, test } from 'vitest';
import { kinds } from '../../src/catalog/candidates.ts';
import { kindsOf, verdictsAt } from '../support/threads.ts';

test('the candidates tried are of each kind', () => {
  expect([...kindsOf()].sort()).toEqual([...kinds].sort());
});

test.each([1, 2, 3, 7, 8, 16, 32, 64])('on %i threads', async (threads) => {
  const found = await verdictsAt(threads, ['adamw', 'residual_forward', 'sgemm', 'train_gpt2']);
  expect(Object.keys(found)).toHaveLength(8);
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((id) => [id, 'pass'])));
});
