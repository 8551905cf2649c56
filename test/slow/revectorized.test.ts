/** sgemm is right at all edges, with the revectorizer and without it, and in blocks of every kind. */
import { expect, test } from 'vitest';
import { inSmallBlocks, judged, passes, withAndWithout } from '../support/revectorized.ts';

test('with the flag and without it', async () => {
  expect(await judged(withAndWithout(), ['normal', 'integers'])).toEqual(passes(withAndWithout()));
});

test('in blocks so small that the edges have several, packed and not, in both orders and splits', async () => {
  expect(inSmallBlocks()).toHaveLength(9);
  expect(await judged(inSmallBlocks(), ['integers'])).toEqual(passes(inSmallBlocks()));
});
