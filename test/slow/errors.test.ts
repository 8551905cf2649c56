/** More errors that people make, what meddles with errors, and wrong results that depend on a case. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CandidateFile, identify } from '../../src/catalog/candidates.ts';
import { loadOp, opNames } from '../../src/catalog/ops.ts';
import { nfold } from '../support/command.ts';
import { type Judged, judged, verdictsOf, write } from '../support/judged.ts';
import { moreMistakes } from '../support/more-mistakes.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nfold-errors-')));
afterAll(() => rmSync(folder, { recursive: true }));

describe('errors that people make', () => {
  let all: readonly Judged[];
  beforeAll(async () => {
    mkdirSync(join(folder, 'kernels/residual_forward'), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'kernels/residual_forward/.pipe')]);
    all = await judged(folder, moreMistakes);
  });

  test.each(moreMistakes.map(({ what, kind }, i) => [kind, what, i] as const))('.%s: %s', (_, __, i) => {
    expect(all[i].verdict).toMatchObject(all[i].wanted);
  });
});

const add = (last: string) => `export default { about: 'x', setup({ N }) {
  let calls = 0;
  return ({ out, inp1, inp2 }) => {
    for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i];
    ${last}
  };
} };\n`;

const product = `export default { about: 'x', setup({ M, N, K, lda, ldb, ldc, transA, transB }) {
  return ({ A, B, C }, { alpha, beta }) => {
    for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += A[transA ? k * lda + i : i * lda + k] * B[transB ? j * ldb + k : k * ldb + j];
      C[i * ldc + j] = alpha * sum + beta * C[i * ldc + j];
    }
  };
} };\n`;

test.each([
  ['reading past a tensor', 'residual_forward', add('if (N > 0) out[N - 1] = inp1[N - 1] + inp2[N];'), 'N1', 'differs'],
  ['NaN at one edge', 'residual_forward', add('if (N === 17) out[16] = NaN;'), 'N17', 'differs'],
  [
    'not deterministic',
    'residual_forward',
    add('if (N > 1 && ++calls % 3 === 0) out[1] += 1;'),
    'N2',
    'not repeatable',
  ],
  ['wrong only for beta = 0', 'sgemm', product, 'M4N8K0', 'differs'],
])('%s', async (_, name, source, at, reason) => {
  const file = `kernels/${name}/wrong.ts`;
  write(folder, file, source);
  const [verdict] = await verdictsOf(
    folder,
    name,
    [identify(join(folder, file), opNames()) as CandidateFile],
    (await loadOp(name)).edges,
  );
  expect(verdict).toMatchObject({ status: 'fail', failure: { reason, case: at } });
});

test('a name that one of nfold’s own kernels has', async () => {
  const file = 'kernels/residual_forward/unroll4-wasmsimd.ts';
  write(folder, file, add(''));
  const { code, stderr } = await nfold(['verify', 'residual_forward/unroll4-wasmsimd'], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /unroll4-wasmsimd is the name of 2 files, .*\.as\.ts and kernels\/residual_forward\/unroll4-wasmsimd\.ts: rename one of them, or give/,
  );
});
