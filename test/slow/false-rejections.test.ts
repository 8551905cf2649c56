/** No honest kernel is rejected under seeds that test/false-rejections.test.ts leaves out. */
import { afterAll, test } from 'vitest';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { expectNoneRejected } from '../support/rejections.ts';

afterAll(stopCompiler);

test.each([
  ['sgemm', 1, 9001],
  ['layernorm_forward', 3, 9000],
  ['layernorm_forward', 2, 104],
  ['crossentropy_softmax_forward', 2, 9001],
  ['train_gpt2', 1, 9000],
])('%s under %i seeds from %i', expectNoneRejected);
