/**
 * No check is decoration: each of them is left out in turn, and then a cheat of the pack gets through that fails with all of them in
 * place, as test/pack.test.ts shows. Cheats that verification finds are only verified here; test/slow/mutation.test.ts times them as well.
 */
import { afterAll, describe, test } from 'vitest';
import { killAllCells } from '../src/cell/cell.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { startHere } from './support/here.ts';
import { expectThrough, mutations, ofTimedCalls } from './support/mutation.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('without a check', () => {
  test.each(mutations)('%s, %s gets through', (check, id) =>
    // That verification does not find the others is seen in pack.test.ts, where timed calls find them.
    expectThrough(check, id, {
      start: startHere,
      ...(ofTimedCalls.includes(check) ? { oneIn: 8 } : { timed: false }),
    }),
  );
});
