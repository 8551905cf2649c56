/**
 * No check is decoration: each of them is left out in turn, and then a cheat of the pack gets through that fails with all of them in
 * place, as test/pack.test.ts shows. Kernels are judged in this process, by a part of the checks.
 */
import { afterAll, describe, test } from 'vitest';
import { killAllCells } from '../src/cell/runs.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { expectThrough, mutations } from './support/mutation.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('without a check', () => {
  test.each(mutations)('%s, %s gets through', expectThrough);
});
