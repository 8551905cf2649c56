/** Every kind of candidate builds; every way of getting one wrong is one sentence that names the file and what to change. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build, type Tuning } from '../src/build/build.ts';
import { evaluate } from '../src/build/evaluate.ts';
import { type CandidateFile, identify, type Problem } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { killAllCells } from '../src/cell/runs.ts';
import { Timer } from '../src/cell/timer.ts';
import { asScript } from '../src/compiler/bundle.ts';
import type { CandidateError } from '../src/contract/errors.ts';
import { inOneLine } from '../src/contract/place.ts';
import type { Variant } from '../src/contract/variant.ts';
import { packageRoot } from '../src/files/places.ts';
import { callOn } from '../src/judge/batch.ts';
import { compose } from '../src/judge/compose.ts';
import { tensorsOf } from '../src/judge/image.ts';

const op = await loadOp('sgemm');
const [c] = op.cases;
const fixture = (path: string) => identify(join(packageRoot, 'test/fixtures', path), ['sgemm']);

async function outputOf(variant: Variant, threads = 1): Promise<Float32Array> {
  const image = compose({ op, case: c, distribution: 'normal', text: new Uint8Array() }, 7);
  const timer = new Timer(variant, threads);
  try {
    await timer.open(image);
    const { reads } = await timer.turn([callOn(image)]);
    return tensorsOf(reads[0][0], image.layout).C as Float32Array;
  } finally {
    timer.close();
  }
}

describe('kinds', () => {
  test('TypeScript that imports from common', async () => {
    const built = await build(fixture('kinds/sgemm/shared.ts') as CandidateFile);
    expect(built).toMatchObject({
      id: 'sgemm/shared',
      about: 'imports 42 from common',
      tier: 'J',
      threads: 'one',
      flags: [],
    });
    expect((await outputOf(built)).every(Number.isNaN)).toBe(true);
  });

  test('AssemblyScript on one and on three threads, metadata from its head comment', async () => {
    const built = await build(fixture('kinds/sgemm/script.as.ts') as CandidateFile);
    expect(built).toMatchObject({ about: 'fills C with zeros', tier: 'W', threads: 'any', source: 'nowhere' });
    const { N } = c.dims;
    const one = await outputOf(built);
    expect([one[0], one[N], one[2 * N], one[3 * N]]).toEqual([1, 1, 1, 1]);
    const three = await outputOf(built, 3);
    expect([three[0], three[N], three[2 * N], three[3 * N]]).toEqual([1, 2, 3, 1]);
  });

  test('WAT', async () => {
    const built = await build(fixture('kinds/sgemm/text.wat') as CandidateFile);
    expect(built).toMatchObject({ about: 'does nothing at all', tier: 'W', threads: 'one' });
    expect((await outputOf(built)).every(Number.isNaN)).toBe(true);
  });

  test('code is asked again after all cells were ended, as by Ctrl-C', async () => {
    const code = 'export default { twice: (x) => 2 * x };';
    expect(await evaluate(await asScript(code), 'twice', [2])).toBe(4);
    killAllCells();
    expect(await evaluate(await asScript(code), 'twice', [3])).toBe(6);
  });

  test('a generator is asked anew for each shape', async () => {
    const built = await build(fixture('kinds/sgemm/shaped.wasm.ts') as CandidateFile);
    expect((await outputOf(built))[0]).toBe(c.dims.M);
    const bytes = async (M: number) => (await built.artifact({ ...c.dims, M })) as { bytes: Uint8Array };
    expect(await bytes(3)).not.toEqual(await bytes(5));
  });

  test('a generator with parameters gets its own choice, or those put in their place', async () => {
    const built = await build(fixture('kinds/sgemm/chosen.wasm.ts') as CandidateFile);
    const tuning = built.tuning as Tuning;
    expect(tuning.space).toEqual({ value: [1, 2, 3], word: ['a', 'b'] });
    expect(await tuning.parameters(c.dims, 1)).toEqual({ value: c.dims.M, word: 'a', hasCache: 1 });
    expect([...(await outputOf(built)).slice(0, 3)]).toEqual([c.dims.M, 10, 1]);
    const other = tuning.with({ value: 3, word: 'b' });
    expect([...(await outputOf(other)).slice(0, 3)]).toEqual([3, 20, 1]);
    expect(other.hash).toBe(built.hash);
  });

  test('the hash follows the content, what is imported included', async () => {
    const root = mkdtempSync(join(tmpdir(), 'nfold-hash-'));
    try {
      cpSync(join(packageRoot, 'test/fixtures/kinds'), root, { recursive: true });
      const kernel = join(root, 'sgemm/shared.ts');
      const hash = async () => (await build(identify(kernel, ['sgemm']) as CandidateFile)).hash;
      const imported = join(root, 'common/answer.ts');
      const [before, usual] = [await hash(), readFileSync(imported, 'utf8')];
      writeFileSync(imported, 'export const answer = 43;\n');
      expect(await hash()).not.toBe(before);
      writeFileSync(imported, usual);
      expect(await hash()).toBe(before);
      writeFileSync(kernel, readFileSync(kernel, 'utf8').replace('imports', 'takes'));
      expect(await hash()).not.toBe(before);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

test('what a candidate says stays on its line and moves no cursor', async () => {
  expect(await build(fixture('kinds/sgemm/painted.ts') as CandidateFile)).toMatchObject({
    about: 'zeros [2K [1A [32m sgemm/painted pass',
    source: 'a reversed word',
  });
});

describe('mistakes', () => {
  const mistakes: [string, RegExp][] = [
    ['syntax.ts', /:1:\d+: does not build: /],
    ['no-default.ts', /no default export/],
    ['no-setup.ts', /should export default \{ about, setup\(dims, arena\) \}/],
    ['no-about.ts', /needs a line that says its idea/],
    ['reaches-out.ts', /imports .*answer\.ts: a candidate may import from .*common and nowhere else/],
    ['builtin.ts', /does not build: Could not resolve "node:fs"/],
    ['bad-flag.ts', /asks for a V8 flag other than --experimental-wasm-revectorize/],
    ['throws-on-load.ts', /does not build: no kernel today/],
    ['throws-paint.ts', /does not build: \[2J \[Hpass: throw an Error: it knows its line$/],
    ['type-error.as.ts', /:3:\d+: does not build: Cannot find name 'undeclared'$/],
    ['unbalanced.wat', /:\d+:\d+: does not build: unexpected token EOF, expected \)$/],
    ['clock.wat', /imports the function env\.now: the only import allowed is the memory env\.memory/],
    ['no-memory.wat', /does not import its memory, and makes one of its own: import "env" "memory"/],
    ['no-run.wat', /exports main: export run\(tid, nthreads/],
    ['number.wasm.ts', /neither WAT text nor the bytes of a module/],
  ];

  test.each(mistakes)('%s', async (name, message) => {
    const attempt = build(fixture(`broken/sgemm/${name}`) as CandidateFile)
      .then((built) => built.artifact(c.dims))
      .catch((error: CandidateError) => Promise.reject(inOneLine(error.message, error)));
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(new RegExp(`^test/fixtures/broken/sgemm/${name.replaceAll('.', '\\.')}[: ]`));
    await expect(attempt).rejects.not.toThrow(/\n/);
  });

  test('a source nested so deep that it would end the bundler for all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nfold-deep-'));
    try {
      const deep = join(folder, 'sgemm', 'deep.ts');
      mkdirSync(dirname(deep));
      writeFileSync(deep, `export default ${'('.repeat(5e6)}1${')'.repeat(5e6)};`);
      const attempt = build(identify(deep, ['sgemm']) as CandidateFile);
      await expect(attempt).rejects.toThrow(/deep\.ts has 10000017 bytes: the limit is 131072$/);
      await expect(build(fixture('kinds/sgemm/painted.ts') as CandidateFile)).resolves.toHaveProperty('tier', 'J');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a wrong count of parameters is told with the right one', async () => {
    const built = await build(fixture('broken/sgemm/too-few.wat') as CandidateFile);
    await expect(outputOf(built)).rejects.toThrow(
      /exports run with 2 parameters where sgemm calls for 16: run\(tid, nthreads, A, B, C, M/,
    );
  });

  test.each([
    ['kernel.rs', /ending \.rs is not one of \.ts \.as\.ts \.wat \.wasm\.ts/],
    ['Shouting.ts', /name 'Shouting' should be lower-case/],
    ['baseline.ts', /baseline is the name of what candidates are compared with/],
  ])('%s fits no rule', (name, message) => {
    expect((fixture(`broken/sgemm/${name}`) as Problem).message).toMatch(message);
  });

  test('a folder that is no op', () => {
    expect((fixture('broken/nonsense/x.ts') as Problem).message).toMatch(
      /'nonsense' is not an op: put the file in kernels\/<op>\//,
    );
  });
});
