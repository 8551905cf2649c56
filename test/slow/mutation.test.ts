/** Without a check, a cheat gets through the whole judgement of the selftest: verified and timed in a process of its own. */
import { afterAll, describe, test } from 'vitest';
import { killAllCells } from '../../src/cell/runs.ts';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { expectThrough, mutations } from '../support/mutation.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('without a check', () => {
  test.each(mutations)('%s, %s gets through', (check, id) => expectThrough(check, id));
});
