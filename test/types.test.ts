/** What must not compile: `npm run check` fails if one of these lines stops being an error. */
import { expect, test } from 'vitest';
import sgemm from '../baselines/sgemm/op.ts';
import gpt from '../baselines/train_gpt2/op.ts';
import type { Candidate, Generator } from '../src/contract/candidate.ts';

type Setup<O extends typeof sgemm | typeof gpt> = Candidate<O>['setup'];
type Dims<O extends typeof sgemm | typeof gpt> = Parameters<Setup<O>>[0];
type Run<O extends typeof sgemm | typeof gpt> = Parameters<ReturnType<Setup<O>>>;

// @ts-expect-error: sgemm has no dim of that name
export type WrongDim = Dims<typeof sgemm>['Q'];

// @ts-expect-error: and a generator is asked for the same dims
export type WrongGeneratorDim = Parameters<Generator<typeof sgemm>['generate']>[0]['T'];

// @ts-expect-error: sgemm has no tensor of that name
export type WrongTensor = Run<typeof sgemm>[0]['D'];

// @ts-expect-error: train_gpt2 has no scalar of that name
export type WrongScalar = Run<typeof gpt>[1]['momentum'];

export const wrongDtype = {
  about: 'takes tokens for floats',
  setup() {
    return ({ tokens }) => {
      // @ts-expect-error: tokens is an Int32Array
      const floats: Float32Array = tokens;
      floats.fill(0);
    };
  },
} satisfies Candidate<typeof gpt>;

export const right = {
  about: 'uses what is there',
  setup({ M, ldc }, arena) {
    return ({ A, C }, { alpha }) => {
      C[(M - 1) * ldc] = alpha * A[0] + arena.f32(1)[0];
    };
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
