/** No honest kernel is rejected under a few seeds; docs/judge.md has the long runs of bench/false-rejections.ts, which does the same. */
import { afterAll, expect, test } from 'vitest';
import { stopCompiler } from '../src/compiler/compile.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { honestKernels } from './support/honest.ts';

afterAll(stopCompiler);

test.each([
  ['sgemm', 1, 9000],
  // Under 107 updates of mean and variance were rejected once.
  ['layernorm_forward', 2, 106],
  ['crossentropy_softmax_forward', 1, 9000],
])('%s under %i seeds from %i', async (op, seeds, first) => {
  const judge = await honestKernels(op);
  for (let seed = first; seed < first + seeds; seed++) {
    const { kernel, verdict } = await judge(seed);
    expect(verdictText(verdict), `${kernel} under ${seed}`).toBe('pass');
  }
});
