/** Selectors, case filters and the text: what is found, and what is said where nothing is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { type Catalog, scan } from '../src/catalog/candidates.ts';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { select, selectCases } from '../src/catalog/select.ts';
import { loadText } from '../src/catalog/text.ts';
import type { NfoldError } from '../src/contract/errors.ts';

const file = (op: string, name: string) => ({
  id: `${op}/${name}`,
  op,
  kind: 'ts' as const,
  file: `/x/kernels/${op}/${name}.ts`,
});
const catalog: Catalog = {
  ops: ['sgemm', 'train_gpt2'],
  candidates: [file('sgemm', 'ikj-ts'), file('sgemm', 'tile-wasmsimd'), file('train_gpt2', 'fused-wasmsimd')],
  problems: [{ file: '/x/kernels/sgemm/odd.rs', op: 'sgemm', message: 'odd' }],
};
const ids = (...selectors: string[]) => select(selectors, catalog).candidates.map(({ id }) => id);

function refusal(act: () => unknown): NfoldError {
  try {
    act();
  } catch (error) {
    return error as NfoldError;
  }
  throw new Error('nothing was refused');
}

describe('selectors', () => {
  test('none selects all, misfits included', () => {
    expect(ids()).toHaveLength(3);
    expect(select([], catalog).problems).toHaveLength(1);
  });

  test('an op, an id, a glob, several', () => {
    expect(ids('sgemm')).toEqual(['sgemm/ikj-ts', 'sgemm/tile-wasmsimd']);
    expect(ids('sgemm/ikj-ts')).toEqual(['sgemm/ikj-ts']);
    expect(ids('*/*simd*')).toEqual(['sgemm/tile-wasmsimd', 'train_gpt2/fused-wasmsimd']);
    expect(ids('train_gpt2', 'sgemm/ikj-ts', 'sgemm/ikj-ts')).toEqual(['train_gpt2/fused-wasmsimd', 'sgemm/ikj-ts']);
  });

  test('one candidate is not held up by a misfit beside it', () => {
    expect(select(['sgemm/ikj-ts'], catalog).problems).toEqual([]);
    expect(select(['sgemm'], catalog).problems).toHaveLength(1);
  });

  test('what is in no place gets a sentence, a guess and exit code 3', () => {
    expect(refusal(() => ids('nonsense'))).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("'nonsense'"),
    });
    expect(refusal(() => ids('sgem')).sentence).toContain("Did you mean 'sgemm'?");
    expect(refusal(() => ids('ikj')).sentence).toContain("Did you mean 'sgemm/ikj-ts'?");
    expect(refusal(() => ids('./nowhere.ts'))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no file'),
    });
  });

  test('every built-in candidate can be found by its path', () => {
    const built = scan();
    for (const candidate of built.candidates) expect(select([candidate.file], built).candidates).toEqual([candidate]);
  });
});

test('two files of one name are refused, by path too', () => {
  const built = scan();
  const namesake = 'test/fixtures/namesake/sgemm/ikj-ts.ts';
  expect(select([namesake], built).candidates).toHaveLength(1);
  expect(refusal(() => select(['sgemm/*', namesake], built))).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/ are both called sgemm\/ikj-ts: rename one of the two\.$/),
  });
});

describe('cases', () => {
  test('have names that tell them apart', async () => {
    for (const name of opNames()) {
      const op = await loadOp(name);
      const names = [...op.cases, ...op.edges].map((c) => op.caseName(c));
      expect(new Set(names).size, name).toBe(names.length);
    }
  });

  test('are filtered by exact name first, then by glob or part', async () => {
    const op = await loadOp('sgemm');
    const names = (filter?: string) => selectCases(op, op.cases, filter).map((c) => op.caseName(c));
    expect(names()).toHaveLength(op.cases.length);
    expect(names('M256N384K128')).toEqual(['M256N384K128']);
    expect(names('M256N384K128*')).toEqual(['M256N384K128', 'M256N384K128NT', 'M256N384K128TN']);
    expect(names('NT')).toHaveLength(3);
    expect(names('none of this')).toEqual([]);
  });
});

describe('text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test('Moby Dick by default, none where no op needs it, a file if asked for', async () => {
    const gpt = await loadOp('train_gpt2');
    expect(loadText(undefined, [gpt]).bytes.length).toBeGreaterThan(1_000_000);
    expect(loadText(undefined, [await loadOp('sgemm')]).bytes).toHaveLength(0);
    expect(loadText(write('long.txt', 'abc '.repeat(1000)), [gpt]).bytes).toHaveLength(4000);
  });

  test.each([
    ['missing', () => join(folder, 'missing.txt'), /does not exist: give --text a readable file/],
    ['a folder', () => folder, /is a folder/],
    ['empty', () => write('empty.txt', ''), /is empty: give a file of at least 513 bytes/],
    ['too short', () => write('short.txt', 'Call me Ishmael.'), /has 16 bytes, and the largest batch takes 513/],
  ])('%s is refused in one sentence', async (_name, path, message) => {
    const gpt = await loadOp('train_gpt2');
    const refused = refusal(() => loadText(path(), [gpt]));
    expect(refused).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });
});

test('what a suite counts as steps between candidates are candidates of its ops', () => {
  const known = scan().candidates.map(({ id }) => id);
  expect(suites.flatMap(({ intermediates }) => intermediates).filter((id) => !known.includes(id))).toEqual([]);
});
