/** What must not compile: `npm run check` fails if one of these lines stops being an error. */
import { expect, test } from 'vitest';
import sgemm from '../baselines/sgemm/op.ts';
import gpt from '../baselines/train_gpt2/op.ts';
import type { Candidate, Generator } from '../src/contract/candidate.ts';

export const wrongDim = {
  about: 'asks for a dim that sgemm does not have',
  // @ts-expect-error: no dim is called Q
  setup:
    ({ Q }) =>
    () =>
      Q,
} satisfies Candidate<typeof sgemm>;

export const wrongTensor = {
  about: 'asks for a tensor that sgemm does not have',
  // @ts-expect-error: no tensor is called D
  setup:
    () =>
    ({ D }) =>
      D,
} satisfies Candidate<typeof sgemm>;

export const wrongDtype = {
  about: 'takes tokens for floats',
  setup:
    () =>
    ({ tokens }) => {
      // @ts-expect-error: tokens is an Int32Array
      const floats: Float32Array = tokens;
      floats.fill(0);
    },
} satisfies Candidate<typeof gpt>;

export const wrongScalar = {
  about: 'asks for a scalar that train_gpt2 does not have',
  // @ts-expect-error: no scalar is called momentum
  setup:
    () =>
    (_, { momentum }) =>
      momentum,
} satisfies Candidate<typeof gpt>;

export const wrongGenerator = {
  about: 'asks for a dim that sgemm does not have',
  // @ts-expect-error: no dim is called Q
  generate: ({ Q }) => `${Q}`,
} satisfies Generator<typeof sgemm>;

export const right = {
  about: 'uses what is there',
  setup:
    ({ M, ldc }, arena) =>
    ({ A, C }, { alpha }) => {
      C[(M - 1) * ldc] = alpha * A[0] + arena.f32(1)[0];
    },
} satisfies Candidate<typeof sgemm>;

test('dims, scalars and tensors are bound by name', () => {
  expect(sgemm.dims).toEqual(['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB']);
  expect(Object.keys(gpt.tensors)).toEqual(['params', 'm', 'v', 'tokens', 'targets', 'step', 'loss']);
  for (const op of [sgemm, gpt]) {
    for (const c of [...op.cases, ...op.edges]) {
      expect(Object.keys(c.dims)).toEqual([...op.dims]);
      expect(Object.keys(c.scalars)).toEqual([...op.scalars]);
    }
  }
});
