import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { inWorkspace, packageRoot, workspaceAt } from '../src/files/places.ts';
import { candidateText } from '../src/new/candidate.ts';
import { type Language, languages } from '../src/new/languages.ts';
import { nfold } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-new-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const known = Object.entries(languages).filter(([, kind]) => (kinds as readonly string[]).includes(kind));
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.nfold') && /\.\w+$/.test(name))
    .sort();
/** An empty folder. */
const empty = () => mkdtempSync(join(folder, 'work-'));
const said = async (words: string, cwd: string) => nfold(words.split(' '), { cwd });

describe('a new candidate', () => {
  const cwd = empty();

  test('in each language says what there is to know, and passes at once', async () => {
    for (const [language, kind] of known) {
      const made = await said(`new sgemm/mine-${language} --lang ${language} --json`, cwd);
      const file = `kernels/sgemm/mine-${language}.${kind}`;
      expect(JSON.parse(made.stdout).files[0]).toBe(file);
      const head = readFileSync(join(cwd, file), 'utf8').split('\n').slice(0, 24).join('\n');
      for (const word of ['alpha op(A) op(B)', '(transA ? K : M, lda)', 'inout', 'lda, ldb', 'alpha, beta', 'Imports '])
        expect(head).toContain(word);
      expect(head).toContain(`nfold verify sgemm/mine-${language}; nfold bench`);
    }
    const verified = await nfold(['verify', 'sgemm/mine-*', '--quick', '--case', 'M5N7K0*'], { cwd });
    expect(verified.code, verified.stdout).toBe(0);
    expect(verified.stdout.match(/\/mine-[\w-]+ +pass/g)).toHaveLength(known.length);
  });

  test('beside nfold it says which files it wrote; what to do next can be typed', async () => {
    const made = await said('new adamw/mine', empty());
    expect(made.stdout).toMatch(
      /^Wrote kernels\/adamw\/mine\.ts\nWrote tsconfig\.json, tsconfig\.kernels\.json, tsconfig\.as\.json/,
    );
    expect(made.stdout).toMatch(/ verify adamw\/mine .*\n.* bench adamw\/mine --quick --no-peers/);
  });

  test('types are known to an editor, also those of AssemblyScript', async () => {
    const types = empty();
    for (const words of [
      'op rmsnorm_forward',
      'sgemm/a',
      'train_gpt2/a',
      'sgemm/b --lang wasm-ts',
      'adamw/a --lang as',
      'attention_backward/a --lang as',
    ])
      expect(await said(`new ${words}`, types)).toMatchObject({ code: 0 });
    const typescript = join(packageRoot, 'node_modules/typescript/bin/tsc');
    const check = (project: string) =>
      spawnSync(process.execPath, [typescript, '-p', project], { cwd: types, encoding: 'utf8' });
    for (const project of ['tsconfig.json', 'tsconfig.kernels.json', 'tsconfig.as.json'])
      expect(check(project)).toMatchObject({ status: 0, stdout: '' });
    const wrong = join(types, 'kernels/sgemm/a.ts');
    writeFileSync(wrong, readFileSync(wrong, 'utf8').replace('{ A, B, C }', '{ A, B, D }'));
    expect(check('tsconfig.kernels.json').stdout).toContain("'D'");
    const wrongAs = join(types, 'kernels/adamw/a.as.ts');
    writeFileSync(wrongAs, readFileSync(wrongAs, 'utf8').replace('load<i32>(step)', 'load<i32>(stop)'));
    expect(check('tsconfig.as.json').stdout).toContain("'stop'");
  });

  test("somebody's tsconfig.json stays, and the note says what it lacks", async () => {
    const own = empty();
    writeFileSync(join(own, 'tsconfig.json'), '{}');
    const made = await said('new sgemm/mine', own);
    expect(made.stderr).toContain(
      'tsconfig.json is yours and stays as it is: add tsconfig.kernels.json and tsconfig.as.json',
    );
    expect(readFileSync(join(own, 'tsconfig.json'), 'utf8')).toBe('{}');
    expect((await said('new sgemm/other', own)).stderr).toBe('');
  });
});

test('with --json, the nearest right word is a hint', async () => {
  const { stdout } = await said('new sgem/x --json', empty());
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'unknown-name', hint: expect.stringMatching(/'sgemm'/) });
});

test.each([
  ['new sgem/x', "There is no op 'sgem'. Did you mean 'sgemm'? 'nfold list' shows all of them."],
  ['new sgemm', "'nfold new sgemm/mine'"],
  ['new sgemm/Mine', 'for example sgemm/mine.'],
  ['new sgemm/baseline', 'for example sgemm/mine.'],
  ['new kernels/sgemm/mine.ts', "'nfold new sgemm/mine --lang ts'"],
  ['new sgemm mine', "'nfold new sgemm/mine'"],
  ['new sgemm/ikj-ts', 'ikj-ts is there already, '],
  ['new sgemm/ikj-ts --lang wat', 'such as sgemm/ikj-ts-2.'],
  ['new sgemm/x --lang rust', "There is no language 'rust': --lang takes ts, as, "],
  ['new op', "'nfold new op NAME'"],
  ['new op sgemm', "one of nfold's own ops has this name"],
  ['new op lm_ops', 'a suite has this name'],
  ['new op common', 'what kernels share'],
  ['new op Foo-Bar', "lower-case words and digits joined by '_'"],
])('%s: one sentence, and no file', async (words, sentence) => {
  const cwd = empty();
  const { code, stdout, stderr } = await said(words, cwd);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(filesIn(cwd)).toEqual([]);
});

test('nothing is overwritten, in any language', async () => {
  const cwd = empty();
  await said('new op mine', cwd);
  const before = filesIn(cwd);
  for (const words of ['new op mine', 'new mine/start-ts', 'new mine/start-ts --lang as'])
    expect(await said(words, cwd)).toMatchObject({ code: 2, stderr: expect.stringContaining(' is there already') });
  expect(filesIn(cwd)).toEqual(before);
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is named', async () => {
  const cwd = empty();
  chmodSync(cwd, 0o555);
  expect(await said('new sgemm/mine', cwd)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('may not be written to'),
  });
});

test('where a folder should be there is a file', async () => {
  const cwd = empty();
  writeFileSync(join(cwd, 'kernels'), '');
  expect(await said('new sgemm/mine', cwd)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('could not be written'),
  });
});

describe('a new op', () => {
  const cwd = empty();
  beforeAll(async () => {
    expect(await said('new op my_norm', cwd)).toMatchObject({ code: 0 });
  });

  test('verifies with its first candidate', async () => {
    expect(filesIn(join(cwd, 'baselines'))).toEqual(['my_norm/baseline.ts', 'my_norm/op.ts', 'my_norm/oracle.ts']);
    const listed = await said('list my_norm', cwd);
    expect(listed.stdout).toContain('my_norm/start-ts');
    const verified = await said('verify my_norm --quick --case B3T2C13', cwd);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/my_norm\/start-ts +pass/) });
  });

  test('without a candidate it is listed, and verify says what to do', async () => {
    const bare = empty();
    await said('new op my_norm', bare);
    rmSync(join(bare, 'kernels'), { recursive: true });
    expect((await said('list my_norm', bare)).stdout).toContain('out = inp / sqrt');
    expect(await said('verify my_norm', bare)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("'nfold new my_norm/mine' writes one."),
    });
  });
});

describe('what a baseline says in another way', () => {
  const op = 'odd_style';
  const cwd = empty();
  const write = (baseline: string) => {
    rmSync(join(cwd, 'baselines'), { recursive: true, force: true });
    mkdirSync(join(cwd, 'baselines'));
    for (const part of ['op.ts', 'oracle.ts', 'baseline.ts']) {
      const text =
        part === 'baseline.ts' ? baseline : readFileSync(join(packageRoot, 'starters/rmsnorm_forward', part), 'utf8');
      mkdirSync(join(cwd, 'baselines', op), { recursive: true });
      writeFileSync(join(cwd, 'baselines', op, part), text.replaceAll('rmsnorm_forward', op));
    }
  };
  const textIn = (language: Language) =>
    inWorkspace(workspaceAt(cwd), async () => candidateText(await loadOp(op), 'mine', language));
  /** A baseline whose timed function has this body. */
  const around = (body: string, before = '') => `
    import type { Candidate } from 'nfold/contract';
    import type op from './op.ts';
    ${before}
    export default {
      about: 'x',
      setup(dims, arena) {
        const rows = dims.B * dims.T;
        return ({ out: y, inp, weight }) => { const { C } = dims; ${body} };
      },
    } satisfies Candidate<typeof op>;`;
  const honest = `
    for (let r = 0; r < rows; r += 1) {
      const x = inp.subarray(r * C);
      let sum = 0, i = 0;
      while (i < C) { sum += x[i] ** 2; i++; }
      const scale = half(sum / C + eps) * 2;
      for (let k = C - 1; k >= 0; k--) y[Math.floor((2 * r * C + 2 * k) / 2)] = x[k] * scale * weight[k | 0];
    }`;
  const helpers = 'const eps = 1e-5; const half = (x: number) => { return 0.5 / Math.sqrt(x); };';

  test('is translated, and passes', async () => {
    write(around(honest, helpers));
    mkdirSync(join(cwd, 'kernels', op), { recursive: true });
    for (const [language, kind] of known)
      writeFileSync(join(cwd, 'kernels', op, `m-${language}.${kind}`), await textIn(language as Language));
    const verified = await said(`verify ${op} --quick --case B2T7C31|B1T3C5`, cwd);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  test.each([
    ['y.set(inp)', "'y.set(inp)' calls no function of Math"],
    ['for (const x of inp) y[0] = x', "'for (const x of inp) y[0] = x;' runs over values"],
    ['y[0] = [1, 2][0]', 'is not defined there'],
    ['y[0] = Math.hypot(1, 2)', "'Math.hypot(1, 2)' is not known there"],
    ['inp.forEach((x) => { y[0] = x; })', 'is a function in a function'],
    ['y[0] = inp[0] % 0.5', 'is something that JavaScript alone has'],
    ['const [a, b] = weight; y[0] = a + b', 'takes apart something else than a list'],
  ])('or else refused: %s', async (body, sentence) => {
    write(around(body));
    const error = await textIn('wat').catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toContain(sentence);
    expect(String(error)).toContain(`baselines/${op}/baseline.ts cannot be put into that language`);
    expect(await textIn('ts')).toContain('satisfies Candidate<typeof op>');
  });

  test('the op keeps the name that the baseline gives it', async () => {
    write(around(honest, helpers).replaceAll(' op ', ' mine ').replace('typeof op', 'typeof mine'));
    expect(await textIn('ts')).toContain(`import type mine from '../../baselines/${op}/op.ts';`);
  });

  test('what it imports is written out', async () => {
    write(`import { half } from '../halves.ts';\n${around(honest, 'const eps = 1e-5;')}`);
    writeFileSync(
      join(cwd, 'baselines/halves.ts'),
      'export function half(x: number): number {\n  return 0.5 / Math.sqrt(x);\n}\n',
    );
    expect(await textIn('ts')).toContain('\nfunction half(x: number): number {');
    expect(await textIn('c').catch(String)).toContain('static double half(double x)');
    expect(existsSync(join(cwd, 'kernels/common'))).toBe(false);
  });
});
