/** AdamW that is wrong from some step on is found under each of 200 seeds. */
import { expect, test } from 'vitest';
import { missed, wrong } from '../support/late-steps.ts';

test('by the quick checks of small shapes', () => {
  for (let seed = 1; seed <= 200; seed++) expect(missed(seed, wrong), `seed ${seed}`).toEqual([]);
});
