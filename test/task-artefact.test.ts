/** What counts of a folder that came back, whoever sent it. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withSnapshots } from '../src/build/snapshot.ts';
import { kinds } from '../src/catalog/candidates.ts';
import { inWorkspace, packageRoot, workspaceAt } from '../src/files/places.ts';
import { readArtefact } from '../src/task/artefact.ts';
import { manifestName } from '../src/task/manifest.ts';
import { originOf, snapshotsOf } from '../src/task/snapshots.ts';
import { limits } from '../src/task/task.ts';
import { nfold } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-artefact-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const secret = join(folder, 'secret.ts');
writeFileSync(secret, 'export const SECRET = 1;\n');

const original = join(folder, 'original');
beforeAll(async () => {
  expect(await nfold(['task', 'export', original, '--task', 'sgemm'], { cwd: folder })).toMatchObject({ code: 0 });
});

let root = '';
beforeEach(() => {
  root = join(mkdtempSync(join(folder, 'work-')), 'mine');
  cpSync(original, root, { recursive: true });
});
const at = (path: string) => join(root, path);
const put = (path: string, content: string | Uint8Array = '') => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const read = (task?: string, where = root) => inWorkspace(workspaceAt(folder), () => readArtefact(where, task));
const edit = (path: string, change: (text: string) => string) => put(path, change(readFileSync(at(path), 'utf8')));
const editManifest = (change: object) =>
  edit(manifestName, (text) => JSON.stringify({ ...JSON.parse(text), ...change }));

test('as it was handed out, nothing is ignored and nothing is a copy', async () => {
  const artefact = await read();
  expect(artefact).toMatchObject({ label: 'mine', fault: null, ignored: [], copied: [], task: { name: 'sgemm' } });
  expect(artefact.files.map(({ path }) => path)).toEqual(['kernels/sgemm/attempt.ts']);
  expect(artefact.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('the hash is that of paths and bytes, and of nothing else', async () => {
  const { hash } = await read();
  put('notes.md', 'x');
  rmSync(at('TASK.md'));
  expect((await read()).hash).toBe(hash);
  put('kernels/common/a.ts', 'x');
  const common = (await read()).hash;
  renameSync(at('kernels/common/a.ts'), at('kernels/common/b.ts'));
  const renamed = (await read()).hash;
  edit('kernels/sgemm/attempt.ts', (text) => `${text}\n`);
  expect(new Set([hash, common, renamed, (await read()).hash]).size).toBe(4);
});

test('every other change is told, some dozen by name; what npm, git and nfold write is not', async () => {
  for (const path of ['node_modules/nfold/x.js', '.git/HEAD', '.nfold/records/a.json', 'package-lock.json']) put(path);
  put('kernels/sgemm/notes.md');
  put('kernels/sgemm/attempt.rs');
  put('kernels/gelu_forward/attempt.ts');
  put('kernels/common/mine.ts', 'export const a = 1;');
  edit('package.json', (text) => text.replace('nfold task check', 'true'));
  rmSync(at('AGENTS.md'));
  symlinkSync('/etc', at('link'));
  expect((await read()).ignored).toEqual([
    'package.json was changed',
    'AGENTS.md was removed',
    'kernels/gelu_forward/attempt.ts was added',
    'kernels/sgemm/attempt.rs was added',
    'kernels/sgemm/notes.md was added',
    'link was added',
  ]);
  for (let i = 0; i < 40; i++) put(`more/${i}`);
  const { ignored } = await read();
  expect(ignored).toHaveLength(13);
  expect(ignored.at(-1)).toBe('34 more files were changed, removed or added');
});

test('without its manifest, the task is given; nobody can tell what else was changed', async () => {
  rmSync(at(manifestName));
  await expect(read()).rejects.toThrow(/does not say which task it is of, since it has no \.nfold-task\.json/);
  expect(await read('sgemm')).toMatchObject({
    manifest: null,
    fault: null,
    ignored: [expect.stringMatching(/nobody can/)],
  });
});

describe('a source', () => {
  test.each(kinds)('ending .%s is taken', async (kind) => {
    renameSync(at('kernels/sgemm/attempt.ts'), at(`kernels/sgemm/attempt.${kind}`));
    expect(await read()).toMatchObject({
      fault: null,
      files: [{ path: `kernels/sgemm/attempt.${kind}` }],
      ignored: [],
    });
  });

  test('that is missing, or there twice, is told', async () => {
    put('kernels/sgemm/attempt.c');
    expect((await read()).fault).toBe(
      'there are kernels/sgemm/attempt.ts and kernels/sgemm/attempt.c: leave the one that counts',
    );
    for (const kind of ['ts', 'c']) rmSync(at(`kernels/sgemm/attempt.${kind}`));
    expect((await read()).fault).toMatch(/^there is no kernels\/sgemm\/attempt with one of the endings \.ts /);
    rmSync(at('kernels'), { recursive: true });
    expect((await read()).fault).toMatch(/^there is no kernels\/sgemm\/attempt/);
  });

  test("that is a kernel of nfold's is told of, also under another name and with other comments", async () => {
    rmSync(at('kernels/sgemm/attempt.ts'));
    const kernel = readFileSync(join(packageRoot, 'kernels/sgemm/tile2x3-ts.ts'), 'utf8');
    put(
      'kernels/sgemm/attempt.ts',
      `// all mine\n${kernel.replace(/about: .*/, "about: 'my idea',").replaceAll('  ', '\t')}`,
    );
    put('kernels/common/fast.h', readFileSync(join(packageRoot, 'kernels/common/threads.h')));
    expect((await read()).copied).toEqual([
      expect.stringMatching(/^kernels\/common\/fast\.h is a copy of nfold's own kernels\/common\/threads\.h: /),
      expect.stringMatching(/^kernels\/sgemm\/attempt\.ts is a copy of nfold's own kernels\/sgemm\/tile2x3-ts\.ts: /),
    ]);
  });
});

test('the compiled kernel that the judge checks with is told of, as bytes and in base64', async () => {
  const [, code] = /'([A-Za-z0-9+/=]{1000,})'/.exec(
    readFileSync(join(packageRoot, 'baselines/train_gpt2/reference.ts'), 'utf8'),
  ) ?? ['', ''];
  put('kernels/common/data.ts', `export const data = '${code}';`);
  rmSync(at('kernels/sgemm/attempt.ts'));
  put('kernels/sgemm/attempt.wasm', Buffer.from(code, 'base64'));
  expect((await read()).copied).toEqual([
    expect.stringMatching(/^kernels\/common\/data\.ts holds the compiled kernel of nfold's own baselines\/train_gpt2/),
    expect.stringMatching(/^kernels\/sgemm\/attempt\.wasm holds the compiled kernel/),
  ]);
});

describe('from anybody', () => {
  const faults: Record<string, [() => void, RegExp]> = {
    'a link as the source': [() => relink('kernels/sgemm/attempt.ts', secret), /attempt\.ts is a link: a file/],
    'a link that leads nowhere': [() => relink('kernels/sgemm/attempt.ts', './nothing'), /attempt\.ts is a link/],
    'a link as the folder of the op': [() => relink('kernels/sgemm', folder), /^kernels\/sgemm is a link: a folder/],
    'a link as kernels': [() => relink('kernels', folder), /^kernels is a link/],
    'a link in common': [
      () => {
        refold('kernels/common');
        relink('kernels/common/a.ts', secret);
      },
      /common\/a\.ts is a link/,
    ],
    'a link as common': [() => relink('kernels/common', folder), /^kernels\/common is a link/],
    'a folder as the source': [() => refold('kernels/sgemm/attempt.ts'), /attempt\.ts is a folder: a file/],
    'a file as the folder': [
      () => {
        rmSync(at('kernels'), { recursive: true });
        put('kernels');
      },
      /^kernels is no folder/,
    ],
    'a folder in common': [() => refold('kernels/common/a'), /common\/a is a folder: a file/],
    'a pipe': [() => pipe('kernels/sgemm/attempt.ts'), /attempt\.ts is a named pipe/],
    'a pipe in common': [
      () => {
        refold('kernels/common');
        pipe('kernels/common/a.ts');
      },
      /a\.ts is a named pipe/,
    ],
    'a huge source': [
      () => truncateSync(at('kernels/sgemm/attempt.ts'), 2 ** 40),
      /has 1099511627776 bytes: the limit is 131072/,
    ],
    'much in common': [() => many(20, () => 'x'.repeat(limits.source)), /more than 2097152 bytes together/],
    'thousands in common': [() => many(3000, () => ''), /kernels\/common has 3000 files: the limit is 100/],
    'an odd name in common': [
      () => put('kernels/common/a\x1b[2J\nb.ts'),
      /^kernels\/common has a file 'a\P{Cc}*b\.ts'/u,
    ],
    'a name like an option in common': [() => put('kernels/common/-rf'), /has a file '-rf'/],
  };
  const relink = (path: string, target: string) => {
    rmSync(at(path), { recursive: true, force: true });
    symlinkSync(target, at(path));
  };
  const refold = (path: string) => {
    rmSync(at(path), { recursive: true, force: true });
    mkdirSync(at(path), { recursive: true });
  };
  const pipe = (path: string) => {
    rmSync(at(path), { force: true });
    execFileSync('mkfifo', [at(path)]);
  };
  const many = (count: number, content: () => string) => {
    for (let i = 0; i < count; i++) put(`kernels/common/a${i}.ts`, content());
  };

  test.each(Object.entries(faults))('%s is told in a sentence', async (_, [spoil, words]) => {
    spoil();
    const { fault, files } = await read();
    expect(fault).toMatch(words);
    expect(fault).not.toMatch(/\p{Cc}/u);
    expect(files).toEqual([]);
  });

  test('pipes, links and huge files beside the attempt are not opened', async () => {
    pipe('TASK.md');
    relink('AGENTS.md', secret);
    truncateSync(at('package.json'), 2 ** 40);
    relink('circle', '.');
    put('evil\x1b[31m\nname');
    const { fault, ignored } = await read();
    expect(fault).toBeNull();
    expect(ignored).toEqual([
      ...['AGENTS.md was changed', 'TASK.md was changed', 'package.json was changed', 'circle was added'],
      expect.stringMatching(/^evil\P{Cc}*name was added$/u),
    ]);
  });

  test('thousands of files beside it end in a sentence', async () => {
    for (let i = 0; i < 6000; i++) put(`many/${i}`);
    const { ignored } = await read();
    expect(ignored.at(-1)).toBe('there are more than 5000 files and folders: the others were not looked at');
    expect(ignored.length).toBeLessThan(20);
  });

  const lies: Record<string, [() => void, RegExp]> = {
    'is no JSON': [() => put(manifestName, '{'), /\.nfold-task\.json is no JSON/],
    'is a list': [() => put(manifestName, '[]'), /does not say what a task is/],
    'is of a later version': [() => editManifest({ schema: 'nfold/task@2' }), /does not say what a task is: schema/],
    'is a link': [() => relink(manifestName, '/etc/passwd'), /\.nfold-task\.json is a link/],
    'is a pipe': [() => pipe(manifestName), /is a named pipe/],
    'is huge': [() => truncateSync(at(manifestName), 2 ** 40), /the limit is 1048576/],
    'names no task of ours': [() => editManifest({ task: 'sgemmm' }), /There is no task 'sgemmm'/],
    'has another protocol': [() => editManifest({ protocol: 99 }), /under protocol 99 of scores, and this nfold has/],
    'has another baseline': [() => editManifest({ baselines: { sgemm: '0' } }), /another baseline of sgemm than this/],
    'has no baseline': [() => editManifest({ baselines: {} }), /another baseline of sgemm/],
  };
  test.each(Object.entries(lies))('a manifest that %s is refused', async (_, [spoil, words]) => {
    spoil();
    await expect(read()).rejects.toThrow(words);
  });

  test('a manifest of another task than the one asked for is refused; a broken one counts as lost', async () => {
    await expect(read('gelu_forward')).rejects.toThrow(/handed out for the task 'sgemm', and not for 'gelu_forward'/);
    put(manifestName, '{');
    expect(await read('sgemm')).toMatchObject({ fault: null, manifest: null });
  });

  test('a manifest that lies about ops and files changes nothing that counts', async () => {
    const { hash } = await read();
    editManifest({ ops: ['gelu_forward'], files: { '../../etc/passwd': 'x', __proto__: 'y', 'TASK.md': '0' } });
    const artefact = await read();
    expect(artefact).toMatchObject({ hash, fault: null });
    expect(artefact.ignored).toContain('TASK.md was changed');
  });

  test('what is no folder is told', async () => {
    await expect(read('sgemm', join(folder, 'nothing'))).rejects.toThrow(/does not exist: give the folder/);
    await expect(read('sgemm', secret)).rejects.toThrow(/is no folder/);
  });
});

test('an attempt becomes candidates of its own, whatever its label is', async () => {
  put('kernels/common/a.ts', 'export const one = 1;');
  edit('kernels/sgemm/attempt.ts', (text) => text.replace('/**', "import { one } from '../common/a.ts';\n/**"));
  const { files, task } = await read();
  for (const label of ['mine', '../../x y', '@', '', '-rf', 'ü'.repeat(300), 'a:b@c'])
    await withSnapshots(snapshotsOf(files, task.ops, label), async ([candidate]) => {
      expect(candidate.id).toBe(`sgemm/attempt@${originOf(label)}`);
      expect(candidate.id).toMatch(/^sgemm\/attempt@\w[\w.-]{0,59}$/);
      expect(candidate.file.startsWith(root)).toBe(false);
    });
  expect(() => snapshotsOf(files, ['gelu_forward'], 'a')).toThrow('has no source of gelu_forward');
});
