/** Kernels under test: `npm test`. */
import { verify, workspaceAt } from 'nfold';
import { expect, test } from 'vitest';

const settings = { workspace: workspaceAt(import.meta.dirname), effort: 'quick', seed: 1 } as const;
const patient = { timeout: 300_000 };

test.each(['sgemm/tile2x2-ts', 'sgemm/rows-wasmsimd'])('%s computes sgemm', patient, async (kernel) => {
  const { results } = await verify([kernel], settings);
  expect(results).toMatchObject([{ verdict: 'pass', message: null }]);
});

test('a kernel that forgets beta C is found out', patient, async () => {
  const { results } = await verify(['wrong/sgemm/forgets-c-ts.ts'], settings);
  const [{ verdict, message, failure }] = results;
  expect(verdict).toBe('fail');
  expect(message).toContain('C[0,0] is 0, should be');
  expect(failure).toMatchObject({ reason: 'differs', where: 'C[0,0]', got: 0 });
});
