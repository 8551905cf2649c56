/** Sources from an earlier revision and from records: what is built from them, what is refused, and that nothing is left behind. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { champions, historyOf, tried } from '../src/analysis/series.ts';
import { build } from '../src/build/build.ts';
import { type Snapshot, withSnapshots } from '../src/build/snapshot.ts';
import { hashOf } from '../src/build/sources.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { cellFiles } from '../src/cell/folder.ts';
import { kernelAt } from '../src/files/git.ts';
import { inWorkspace, packageRoot, shown, workspaceAt } from '../src/files/places.ts';
import type { Record } from '../src/records/schema.ts';
import { originOf, snapshotOf } from '../src/records/snapshot.ts';
import { loadRecord, recordFiles, saveRecord } from '../src/records/store.ts';
import { nfold as nfoldIn } from './support/command.ts';
import { draft } from './support/draft.ts';
import { prepare } from './support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-snapshot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kernel = (path: string) => readFileSync(join(packageRoot, 'kernels', path), 'utf8');
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    encoding: 'utf8',
  }).trim();
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const where = join(folder, 'deep/work');
const mine = join(where, 'kernels/encoder_forward/mine-wasmsimd.as.ts');
const nfold = (...args: string[]) => nfoldIn(args, { cwd: where });
const bench = (...args: string[]) => nfold('bench', 'encoder_forward/mine-wasmsimd', '--quick', '--no-peers', ...args);

beforeAll(() => {
  git('init', '--quiet');
  put('deep/work/kernels/common/.editorconfig', 'root = true');
  cpSync(join(packageRoot, 'kernels/common'), join(where, 'kernels/common'), { recursive: true });
  put('deep/work/kernels/encoder_forward/mine-wasmsimd.as.ts', kernel('encoder_forward/positions-wasmsimd.as.ts'));
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  git('tag', 'first');
  put('deep/work/kernels/common/threads.as.ts', `${kernel('common/threads.as.ts')}\n// changed\n`);
  git('commit', '--quiet', '--all', '-m', 'two');
  put('deep/work/kernels/sgemm/new-ts.ts', kernel('sgemm/ikj-ts.ts'));
  prepare(where);
});

describe('a git revision', () => {
  test('gives the kernel with the shared pieces of its own time', async () => {
    const found = await kernelAt(mine, 'first');
    expect(found?.commit).toBe(git('rev-parse', '--short', 'first'));
    expect(found?.files[0].path).toBe('kernels/encoder_forward/mine-wasmsimd.as.ts');
    const at = (path: string) => Buffer.from(found?.files.find((file) => file.path === path)?.content ?? '').toString();
    expect(at('kernels/common/threads.as.ts')).toBe(kernel('common/threads.as.ts'));
    expect(Buffer.from(found?.files[0].content ?? '').toString()).toBe(
      kernel('encoder_forward/positions-wasmsimd.as.ts'),
    );
    expect(await kernelAt(mine, 'HEAD~7')).toBeNull();
    expect(await kernelAt(mine, '--output=x')).toBeNull();
  });

  test('is built under an id of its own, from a folder that goes when the work is done', async () => {
    await inWorkspace(workspaceAt(where), async () => {
      const { commit = '', files = [] } = (await kernelAt(mine, 'first')) ?? {};
      const snapshot: Snapshot = { id: 'encoder_forward/mine-wasmsimd', origin: commit, files };
      const { file, hash } = await withSnapshots([snapshot], async ([candidate]) => {
        expect(candidate.id).toBe(`encoder_forward/mine-wasmsimd@${commit}`);
        expect(shown(candidate.file)).toBe(`${commit}:kernels/encoder_forward/mine-wasmsimd.as.ts`);
        const { id, hash, sources } = await build(candidate);
        expect(id).toBe(candidate.id);
        expect(sources.map(({ path }) => path)).toContain('kernels/common/threads.as.ts');
        return { file: candidate.file, hash };
      });
      expect(existsSync(file)).toBe(false);
      const now = scan().candidates.find(({ id }) => id === 'encoder_forward/mine-wasmsimd');
      expect((await build(now!)).hash).not.toBe(hash);
    });
  });

  test.each<[string, string[], string | RegExp]>([
    ['nothing of that name', ['--against', 'nosuch'], "There is neither a record nor a git revision called 'nosuch'."],
    ['an option', ['--against=--output=x'], "There is neither a record nor a git revision called '--output=x'."],
    ['no record yet', ['--against', 'last'], /^There is no record here yet/],
    ['no such file', ['--against', 'x.json'], 'There is no file x.json.'],
    [
      'the same source',
      ['--against', 'HEAD'],
      /^encoder_forward\/mine-wasmsimd is the same program in revision \w+ as now: there is nothing to compare\.$/,
    ],
  ])('%s is one sentence', async (_, args, sentence) => {
    const { code, stdout, stderr } = await bench(...args);
    expect([2, 3]).toContain(code);
    expect(stdout).toBe('');
    expect(stderr.replace(/^nfold: /, '').trimEnd()).toMatch(sentence);
  });

  test('without the file, without a repository and without git, it says so', async () => {
    const absent = await nfold('bench', 'sgemm/new-ts', '--against', 'first');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toMatch(
      /^nfold: Revision \w+ has no file deep\/work\/kernels\/sgemm\/new-ts\.ts\. Give a revision/,
    );
    const none = await nfoldIn(['bench', 'encoder_forward/mine-wasmsimd', '--against', 'first'], {
      cwd: where,
      env: { PATH: '' },
    });
    expect(none.stderr).toMatch(/^nfold: There is no record 'first'\. Git is not installed/);
    const outside = mkdtempSync(join(tmpdir(), 'nfold-no-git-'));
    mkdirSync(join(outside, 'kernels/sgemm'), { recursive: true });
    writeFileSync(join(outside, 'kernels/sgemm/mine-ts.ts'), kernel('sgemm/ikj-ts.ts'));
    const env = { GIT_CEILING_DIRECTORIES: tmpdir() };
    const { code, stderr } = await nfoldIn(['bench', 'sgemm/mine-ts', '--against', 'first'], { cwd: outside, env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nfold: There is no record 'first'\. Git has no repository for kernels\/sgemm: /);
    rmSync(outside, { recursive: true });
  });

  test('takes one candidate', async () => {
    expect(await nfold('bench', 'sgemm', '--against', 'first')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^nfold: --against takes one candidate, such as .*: sgemm selects \d+ candidates\./,
      ),
    });
  });

  test('does not follow a link of the revision', async () => {
    symlinkSync('/etc/hostname', join(where, 'kernels/sgemm/link-ts.ts'));
    git('add', '.');
    git('commit', '--quiet', '-m', 'link');
    rmSync(join(where, 'kernels/sgemm/link-ts.ts'));
    await expect(kernelAt(join(where, 'kernels/sgemm/link-ts.ts'), 'HEAD')).rejects.toThrow(
      /has no file .*link-ts\.ts/,
    );
  });
});

describe('a record', () => {
  const text = kernel('sgemm/ikj-ts.ts');
  const hash = hashOf(text);
  const record = (path = 'kernels/sgemm/mine-ts.ts', more: Partial<Record> = {}): Record => {
    const made = draft();
    const candidates = made.candidates.map((one) => ({ ...one, sources: [{ path, hash }] }));
    return { ...made, id: '20261125-100000-abcd', candidates, texts: { [hash]: text }, ...more };
  };
  const taken = async (from: Record) => snapshotOf(from, from.candidates[0], await loadOp('sgemm'));

  test('gives the source that it holds, or null', async () => {
    expect(await taken(record())).toMatchObject({
      ...{ id: 'sgemm/mine-ts', origin: '20261125-100000-abcd' },
      files: [{ path: 'kernels/sgemm/mine-ts.ts', content: text }],
    });
    expect(await taken(record('x', { texts: {} }))).toBeNull();
    expect(originOf(record('x', { id: '../../etc' }))).toMatch(/^record-[0-9a-f]{7}$/);
  });

  test('whose text was changed is refused', async () => {
    await expect(taken(record('kernels/sgemm/mine-ts.ts', { texts: { [hash]: `${text} ` } }))).rejects.toThrow(
      /^The text of kernels\/sgemm\/mine-ts\.ts in record 20261125-100000-abcd was changed: its hash is not/,
    );
  });

  test('gives a ready-made module byte for byte', async () => {
    const path = 'kernels/sgemm/ready-wasmsimd.wasm';
    await inWorkspace(workspaceAt(where), async () => {
      const wat = scan().candidates.find(({ id }) => id === 'sgemm/ikj-wasmsimd')!;
      const artifact = await (await build(wat)).artifact((await loadOp('sgemm')).cases[0].dims);
      writeFileSync(join(where, path), 'bytes' in artifact ? artifact.bytes : '');
      const ready = await build(scan().candidates.find(({ id }) => id === 'sgemm/ready-wasmsimd')!);
      const [{ text }] = ready.sources;
      const [row] = draft({ candidate: ready.id }).candidates;
      const from = record(path, {
        candidates: [{ ...row, sources: [{ path, hash: hashOf(text) }] }],
        texts: { [hashOf(text)]: text },
      });
      await withSnapshots([(await taken(from))!], async ([candidate]) =>
        expect((await build(candidate)).hash).toBe(ready.hash),
      );
    });
  });

  test('gives a generator the parameters that it ran with', async () => {
    const op = await loadOp('sgemm');
    const [first, second] = op.cases;
    const results = record().results.map((one) => ({ ...one, case: op.caseName(first), parameters: { MR: 4 } }));
    const parameters = (await taken(record(undefined, { results })))?.parameters;
    expect(parameters?.({ ...first.dims })).toEqual({ MR: 4 });
    expect(parameters?.({ ...second.dims })).toBeNull();
  });

  test.each([
    '/etc/x/mine-ts.ts',
    '../sgemm/mine-ts.ts',
    'kernels/../mine-ts.ts',
    'kernels/sgemm/../../../x.ts',
    'kernels\\sgemm\\mine-ts.ts',
    'kernels/sgemm/deep/mine-ts.ts',
    'kernels/sgemm/.hidden.ts',
    'kernels/sgemm/',
    'kernels/nosuch/mine-ts.ts',
    'kernels/sgemm/other-ts.ts',
    'mine-ts.ts',
    `kernels/sgemm/${'x'.repeat(300)}.ts`,
  ])('with the path %s is refused, and nothing is left', async (path) => {
    const snapshot = (await taken(record(path)))!;
    await inWorkspace(workspaceAt(where), () =>
      expect(withSnapshots([snapshot], async () => 'built')).rejects.toMatchObject({ name: 'NfoldError' }),
    );
    // Other tests of this process have private folders too, none with a workspace in it.
    const parent = dirname(cellFiles().empty);
    expect(readdirSync(parent).filter((name) => existsSync(join(parent, name, '0')))).toEqual([]);
  });

  test.each(['kernels/other/x.ts', 'elsewhere/common/x.ts', 'kernels/common/../x.ts', 'kernels/sgemm/mine-ts.ts'])(
    'that imports from %s is refused',
    async (path) => {
      const own = (await taken(record()))!;
      const snapshot = { ...own, files: [...own.files, { path, content: 'export {};' }] };
      await expect(withSnapshots([snapshot], async () => 'built')).rejects.toThrow(/^The source of sgemm\/mine-ts in /);
    },
  );

  test('with more than all kernels take is refused before anything is written', async () => {
    const large = { path: 'kernels/common/x.ts', content: 'x'.repeat(2 ** 20) };
    const own = (await taken(record()))!;
    await expect(withSnapshots([{ ...own, files: Array(70).fill(large) }], async () => 'built')).rejects.toThrow(
      /bytes together/,
    );
  });

  test('with two sources under one id is refused', async () => {
    const own = (await taken(record()))!;
    await expect(withSnapshots([own, own], async () => 'built')).rejects.toThrow('has two sources of sgemm/mine-ts.');
  });

  test.each(recordFiles(join(packageRoot, 'bench/records')))('%s gives all of its kernels', async (file) => {
    const published = loadRecord(file);
    for (const row of published.candidates.filter(({ peer }) => !peer)) {
      const snapshot = snapshotOf(published, row, await loadOp(row.op!));
      await withSnapshots([snapshot!], async ([candidate]) => expect(candidate.op).toBe(row.op));
    }
  });

  test('that does not hold the candidate says so', async () => {
    saveRecord(draft({ overrides: { name: 'other' } }), join(where, '.nfold/records'));
    expect(await bench('--against', 'other')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^nfold: Record \S+ does not hold encoder_forward\/mine-wasmsimd: 'nfold show/),
    });
  });

  test('counts for the history of its own id, and is nobody’s best', () => {
    const records = ['sgemm/mine-ts@1a2b3c4', 'sgemm/mine-ts'].map((candidate, i) => ({
      ...draft({ candidate, speedups: i === 0 ? [[9], [9]] : undefined }),
      id: `${i}`,
    }));
    expect(historyOf(records, 'sgemm/mine-ts')).toHaveLength(1);
    expect(champions(tried(records, () => true))).toMatchObject([
      { mean: { candidate: 'sgemm/mine-ts' }, attempts: 1, candidates: 1 },
    ]);
  });
});
