/** What `nfold task export` writes: the starting code is the baseline's, the pages fit, and nothing of this machine is in them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { build, buildBaseline } from '../src/build/build.ts';
import { type CandidateFile, identify } from '../src/catalog/candidates.ts';
import { opNames } from '../src/catalog/ops.ts';
import { sha256 } from '../src/contract/sha256.ts';
import { inWorkspace, manifest as ofPackage, packageRoot, workspaceAt } from '../src/files/places.ts';
import { Exported } from '../src/schemas/handout.ts';
import { Manifest, manifestName } from '../src/task/manifest.ts';
import { nfold, nfoldProcess } from './support/command.ts';
import { hasNobody } from './support/small.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const empty = () => mkdtempSync(join(folder, 'work-'));
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

const tasks = [...suites.map(({ name }) => name), 'gelu_forward', 'adamw'];

describe.each(tasks)('the task %s', (task) => {
  const cwd = empty();
  const root = join(cwd, 'out');
  const exported = nfold(['task', 'export', 'out', '--task', task, '--json'], { cwd });

  test('is written, and its manifest has the hash of every file', async () => {
    const { code, stdout, stderr } = await exported;
    expect([code, stderr]).toEqual([0, '']);
    const data = Exported.parse(JSON.parse(stdout));
    const manifest = Manifest.parse(JSON.parse(read(root, manifestName)));
    expect(data.ops.map((op) => `kernels/${op}/attempt.ts`)).toEqual(data.files.slice(0, data.ops.length));
    expect(data.files.at(-1)).toBe(manifestName);
    expect(
      filesIn(root)
        .map((file) => file.slice(root.length + 1))
        .sort(),
    ).toEqual([...data.files].sort());
    for (const [path, hash] of Object.entries(manifest.files)) expect(sha256(read(root, path))).toBe(hash);
    expect(Object.keys(manifest.files)).toHaveLength(data.files.length - 1);
    expect(Object.keys(manifest.baselines)).toEqual(data.ops);
    expect(JSON.parse(read(root, 'package.json'))).toMatchObject({
      private: true,
      scripts: { check: 'nfold task check', bench: expect.stringContaining('/attempt') },
      dependencies: { nfold: ofPackage().version },
    });
  });

  test('starts from the very code of the baseline', async () => {
    const { ops } = Exported.parse(JSON.parse((await exported).stdout));
    const codeOf = async (built: Awaited<ReturnType<typeof build>>) => {
      const artifact = await built.artifact({});
      const code = 'code' in artifact ? artifact.code : '';
      // The bundler names the files, and joins them in another order; only `about` may differ.
      const lines = code.split('\n').filter((line) => !/^\s*(\/\/|about:|$)/.test(line));
      return lines.map((line) => line.trim().replace(/\b(attempt|baseline)_default/g, 'own')).sort();
    };
    for (const op of ops) {
      const found = identify(join(root, 'kernels', op, 'attempt.ts'), [op]) as CandidateFile;
      expect(await codeOf(await build(found)), op).toEqual(await codeOf(await buildBaseline(op)));
    }
  });

  test('is told on one page, which says when it is done', async () => {
    await exported;
    const page = read(root, 'TASK.md');
    const { length } = page.trim().split('\n');
    expect(length).toBeLessThan(75);
    expect(length).toBeGreaterThan(40);
    expect(page.trim()).toMatch(/You are done when `check` has printed PASS\.$/);
    for (const part of ['What you write', 'The shapes', 'What counts as cheating', 'The score', 'The steps'])
      expect(page).toContain(`## ${part}`);
    expect(page).not.toMatch(/undefined|null|NaN|\$\{|\[object/);
    expect(page.includes('2.9x')).toBe(task === 'train_gpt2');
  });

  test('holds no path and no name of this machine, and no kernel of nfold', async () => {
    await exported;
    const own = [packageRoot, dirname(packageRoot), homedir(), hostname(), tmpdir(), basename(cwd)];
    for (const file of filesIn(root)) {
      const text = read(file);
      for (const word of own.filter((one) => one.length > 4))
        expect(text.includes(word), `${word} in ${file}`).toBe(false);
      expect(text).not.toMatch(/relaxed_madd|wasmrelaxedsimd|6x16|\.\.\/\.\.\/(src|baselines)/);
    }
  });
});

test('the starting code verifies', async () => {
  const cwd = empty();
  await nfold(['task', 'export', '.', '--task', 'sgemm'], { cwd });
  const verified = await nfold(['verify', 'sgemm/attempt', '--quick', '--case', 'M5N7K0*|M7N11K13*'], { cwd });
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/sgemm\/attempt +pass/) });
});

test('an op of the user goes along', async () => {
  const cwd = empty();
  await nfold(['new', 'op', 'my_norm'], { cwd });
  expect(await nfold(['task', 'export', 'out', '--task', 'my_norm'], { cwd })).toMatchObject({ code: 0 });
  const out = join(cwd, 'out');
  expect(read(out, 'kernels/my_norm/attempt.ts')).toContain("'../../baselines/my_norm/op.ts'");
  // Vitest would read the tsconfig.json of the folder, which waits for `npm install`.
  const verified = await nfoldProcess(['verify', 'my_norm/attempt', '--quick', '--case', 'B3T2C13'], { cwd: out });
  expect(verified, verified.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/my_norm\/attempt +pass/) });
});

describe('a folder', () => {
  const refused = async (words: string[], cwd = empty()) => {
    const { code, stdout, stderr } = await nfold(['task', 'export', ...words], { cwd });
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return { code, stderr };
  };

  test('that is not empty stays as it is', async () => {
    const cwd = empty();
    writeFileSync(join(cwd, 'mine.txt'), 'mine');
    expect(await refused(['.', '--task', 'sgemm'], cwd)).toEqual({
      code: 2,
      stderr: 'nfold: . is not empty: name a folder that is empty or not there yet.\n',
    });
    expect(readdirSync(cwd).filter((name) => name !== '.nfold')).toEqual(['mine.txt']);
  });

  test('that has a task already, or is a file, is refused', async () => {
    const cwd = empty();
    await nfold(['task', 'export', 'a', '--task', 'sgemm'], { cwd });
    expect(await refused(['a', '--task', 'sgemm'], cwd)).toMatchObject({ code: 2, stderr: /a has a task already/ });
    expect(await refused(['a/TASK.md'], cwd)).toMatchObject({ code: 2, stderr: /is no folder/ });
    expect(await refused(['a/TASK.md/b'], cwd)).toMatchObject({ code: 2, stderr: /has a file where a folder/ });
  });

  test('that an export did not finish is finished', async () => {
    const cwd = empty();
    const words = ['task', 'export', 'a', '--task', 'sgemm', '--format'];
    for (const [format, last] of Object.entries({ plain: manifestName, harbor: `environment/task/${manifestName}` })) {
      await nfold([...words, format], { cwd });
      for (const path of [last, last.replace(manifestName, 'tsconfig.json')]) rmSync(join(cwd, 'a', path));
      expect(await nfold([...words, format], { cwd })).toMatchObject({ code: 0 });
      rmSync(join(cwd, 'a', last));
      writeFileSync(join(cwd, 'a', last.replace(manifestName, 'TASK.md')), 'mine');
      expect(await nfold([...words, format], { cwd })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/not empty/),
      });
      rmSync(join(cwd, 'a'), { recursive: true });
    }
  });

  test.skipIf(process.getuid?.() === 0 || !hasNobody)('that may not be written to is named', async () => {
    const cwd = empty();
    mkdirSync(join(cwd, 'a'), { mode: 0o555 });
    expect(await refused(['a'], cwd)).toMatchObject({ code: 1, stderr: /may not be written to/ });
  });

  test.each(['sgem', 'lm_op', 'train_gpt', '../sgemm', '__proto__'])('of no task, %s', async (task) => {
    const { code, stderr } = await refused(['a', '--task', task]);
    expect(code).toBe(3);
    expect(stderr).toContain(`There is no task '${task}'.`);
    if (task === 'sgem') expect(stderr).toContain("Did you mean 'sgemm'?");
  });
});

test('every op can be handed out', async () => {
  const cwd = empty();
  for (const op of opNames())
    expect(await nfold(['task', 'export', op, '--task', op], { cwd }), op).toMatchObject({ code: 0 });
  expect(inWorkspace(workspaceAt(cwd), () => readdirSync(cwd)).length).toBeGreaterThan(15);
});
