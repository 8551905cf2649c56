/**
 * Without a check, a cheat gets through the judgement of the selftest, in a process of its own: verified by all checks, and timed if it is timed calls
 * that find it.
 */
import { afterAll, describe, test } from 'vitest';
import { killAllCells } from '../../src/cell/runs.ts';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { expectThrough, mutations, ofTimedCalls } from '../support/mutation.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('without a check', () => {
  // The others are in test/mutation.test.ts.
  test.each(mutations.filter(([check]) => ofTimedCalls.includes(check)))('%s, %s gets through', (check, id) =>
    expectThrough(check, id),
  );
});
