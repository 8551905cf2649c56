/** C candidates of one's own: files in a temporary folder, and what one of them computes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { build } from '../../src/build/build.ts';
import { checkModule, declareShared } from '../../src/build/module.ts';
import { cSources } from '../../src/build/sources.ts';
import { type CandidateFile, identify } from '../../src/catalog/candidates.ts';
import { loadOp } from '../../src/catalog/ops.ts';
import { Timer } from '../../src/cell/timer.ts';
import { compileC } from '../../src/compiler/c.ts';
import type { Compiler } from '../../src/compiler/clang.ts';
import type { CandidateError } from '../../src/contract/errors.ts';
import type { Variant } from '../../src/contract/variant.ts';
import { callOn } from '../../src/judge/batch.ts';
import { compose } from '../../src/judge/compose.ts';
import { tensorsOf } from '../../src/judge/image.ts';

/** The parameters of residual_forward: out = inp1 + inp2. */
export const parameters =
  'int tid, int nthreads, float *out, const float *inp1, const float *inp2, int N, void *scratch';

export const op = await loadOp('residual_forward');
const image = compose({ op, case: op.cases[0], distribution: 'normal', text: new Uint8Array() }, 3);

export function kernelFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-c-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (path: string, content: string | Uint8Array): string => {
    const file = join(folder, 'kernels', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const candidate = (name: string, content: string | Uint8Array) =>
    identify(put(`residual_forward/${name}`, content), [op.name]) as CandidateFile;
  return {
    folder,
    put,
    candidate,
    built: (name: string, content: string | Uint8Array) => build(candidate(name, content)),
    /** What is wrong with a C file. */
    async fault(compiler: Compiler | null, text: string): Promise<CandidateError> {
      try {
        await checkModule(declareShared(await compileC(compiler, await cSources(candidate('mine.c', text).file))));
      } catch (error) {
        return error as CandidateError;
      }
      return expect.unreachable('it builds');
    },
  };
}

/** What it leaves in `out` after each of a few calls. */
export async function outputs(variant: Variant, threads: number): Promise<Float32Array[]> {
  const timer = new Timer(variant, threads);
  try {
    await timer.open(image);
    const { reads } = await timer.turn(Array.from({ length: 5 }, () => callOn(image)));
    return reads.map(([read]) => tensorsOf(read, image.layout).out as Float32Array);
  } finally {
    timer.close();
  }
}

/** How many elements are not inp1 + inp2. */
export async function wrong(variant: Variant, threads: number): Promise<number> {
  const { inp1, inp2 } = image.tensors;
  const outs = await outputs(variant, threads);
  return outs.flatMap((out) => [...out].filter((value, i) => value !== Math.fround(inp1[i] + inp2[i]))).length;
}
