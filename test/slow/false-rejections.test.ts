/** No honest kernel is rejected under seeds that test/false-rejections.test.ts leaves out. */
import { afterAll, expect, test } from 'vitest';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { verdictText } from '../../src/judge/verdict.ts';
import { honestKernels } from '../support/honest.ts';

afterAll(stopCompiler);

test.each([
  ['sgemm', 4, 9001],
  ['layernorm_forward', 6, 9000],
  ['crossentropy_softmax_forward', 4, 9001],
  ['train_gpt2', 2, 9000],
])('%s under %i seeds from %i', async (op, seeds, first) => {
  const judge = await honestKernels(op);
  for (let seed = first; seed < first + seeds; seed++) {
    const { kernel, verdict } = await judge(seed);
    expect(verdictText(verdict), `${kernel} under ${seed}`).toBe('pass');
  }
});
