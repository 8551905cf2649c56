/**
 * No check is decoration: each of them is left out in turn, and then a cheat of the pack gets through that fails with all of them in
 * place, as test/pack.test.ts shows. A part of the checks is made here; test/slow/mutation.test.ts makes all of them, and times each cheat.
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

// Timed calls take seconds: one of the cheats that only they find, and the one that carries a state.
const quick = mutations.filter(([check]) => !ofTimedCalls.includes(check) || ['sketch', 'carried'].includes(check));

describe('without a check', () => {
  test.each(quick)('%s, %s gets through', (check, id) =>
    // That verification does not find the others is seen in pack.test.ts, where timed calls find them.
    expectThrough(check, id, {
      start: startHere,
      ...(ofTimedCalls.includes(check) ? { oneIn: 16 } : { oneIn: 4, timed: false }),
    }),
  );
});
