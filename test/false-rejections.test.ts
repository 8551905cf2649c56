/** No honest kernel is rejected under a few seeds; docs/judge.md has the long runs of bench/false-rejections.ts, which does the same. */
import { afterAll, test } from 'vitest';
import { stopCompiler } from '../src/compiler/compile.ts';
import { expectNoneRejected } from './support/rejections.ts';

afterAll(stopCompiler);

test.each([
  // Under 107 updates of mean and variance were rejected once.
  ['layernorm_forward', 2, 106],
])('%s under %i seeds from %i', expectNoneRejected);
