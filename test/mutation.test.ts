/**
 * No check is decoration: each of them is left out in turn, and then a cheat of the pack gets through that fails with all of them in
 * place, as test/pack.test.ts shows. A part of the checks is made here; test/slow/mutation.test.ts makes all of them.
 */
import { afterAll, describe, test } from 'vitest';
import { killAllCells } from '../src/cell/runs.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { startAlone } from './support/here.ts';
import { expectThrough, mutations, ofTimedCalls } from './support/mutation.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

// Timed calls take seconds: the checks of those are left out in test/slow/mutation.test.ts.
const quick = mutations.filter(([check]) => !ofTimedCalls.includes(check));

describe('without a check', () => {
  test.each(quick)('%s, %s gets through', (check, id) =>
    expectThrough(check, id, { start: startAlone, oneIn: 4, timed: false }),
  );
});
