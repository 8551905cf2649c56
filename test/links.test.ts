/** Links in a folder of kernels that somebody else made: no text from elsewhere becomes a source, and one odd file hides no other. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { build } from '../src/build/build.ts';
import { type CandidateFile, identify, scan } from '../src/catalog/candidates.ts';
import { contentWithin } from '../src/files/given.ts';
import { packageRoot } from '../src/files/places.ts';
import { nfold, nfoldProcess } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-links-'));
afterAll(() => rmSync(folder, { recursive: true }));
const secret = join(folder, 'secret.ts');
writeFileSync(secret, '// @about SECRET\nexport const SECRET = 1;\n');
const honest = '// @about a\nexport function run(): void {}\n';
const bytes = Buffer.from('0061736d01000000', 'hex');

let root = '';
const at = (path: string) => join(root, 'kernels', path);
beforeEach(() => {
  root = mkdtempSync(join(folder, 'work-'));
  for (const name of ['residual_forward', 'common']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('residual_forward/fine.wat'), '');
});
const candidate = (name: string) => identify(at(`residual_forward/${name}`), ['residual_forward']) as CandidateFile;
const astray = /is a link that leads out of its folder/;

describe('the text of a file elsewhere', () => {
  const importers = {
    'x.as.ts': "/** @about adds\nimport '../common/key'\n */\nexport function run(): void {}",
    'x.ts': "import { SECRET } from '../common/key'; export default { about: 'a', setup: () => () => SECRET };",
    'x.wasm.ts': "import { SECRET } from '../common/key.ts'; export default { about: 'a', generate: () => SECRET };",
    'x.c': '// @about a\n#include "../common/key.ts"',
  };
  test.each(Object.entries(importers))('is not read by the import of %s', async (name, text) => {
    writeFileSync(at(`residual_forward/${name}`), text);
    symlinkSync(secret, at('common/key.ts'));
    await expect(build(candidate(name))).rejects.toThrow(astray);
    // Nor by a link to a link, nor through a folder.
    rmSync(at('common/key.ts'));
    symlinkSync(secret, at('common/other'));
    symlinkSync('other', at('common/key.ts'));
    await expect(build(candidate(name))).rejects.toThrow(astray);
    rmSync(at('common'), { recursive: true });
    mkdirSync(join(root, 'private'));
    writeFileSync(join(root, 'private/key.ts'), readFileSync(secret));
    symlinkSync('../private', at('common'));
    await expect(build(candidate(name))).rejects.toThrow(astray);
  });

  test.each(['ts', 'as.ts', 'wat', 'wasm.ts', 'c', 'wasm'])('is no candidate ending .%s', async (ending) => {
    symlinkSync(secret, at(`residual_forward/key.${ending}`));
    await expect(build(candidate(`key.${ending}`))).rejects.toThrow(astray);
    const { candidates, problems } = scan([root]);
    expect(candidates.map(({ id }) => id)).toEqual(['residual_forward/fine']);
    expect(problems).toMatchObject([{ op: 'residual_forward', message: expect.stringMatching(astray) }]);
  });

  test('is no baseline of an op of the folder', async () => {
    cpSync(join(packageRoot, 'test/fixtures/own'), root, { recursive: true });
    const { stdout } = await nfold(['list', '--json'], { cwd: root });
    const [op] = JSON.parse(stdout).ops.flatMap(({ op }: { op: string }) =>
      op.endsWith('_forward') || op.endsWith('_backward') || ['sgemm', 'adamw', 'train_gpt2'].includes(op) ? [] : [op],
    );
    const file = join(root, 'baselines', op, 'baseline.ts');
    rmSync(file);
    symlinkSync(secret, file);
    const { stderr, code } = await nfold(['verify', op], { cwd: root });
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringMatching(astray)]);
  });
});

describe('what goes on working', () => {
  test('kernels that is a link, and the folder of an op that is one within the workspace', async () => {
    writeFileSync(at('residual_forward/mine.as.ts'), honest);
    renameSync(at('.'), join(root, 'store'));
    symlinkSync('store', join(root, 'kernels'));
    expect(scan([root]).problems).toEqual([]);
    expect((await build(candidate('mine.as.ts'))).tier).toBe('W');
    rmSync(join(root, 'kernels'));
    mkdirSync(join(root, 'kernels'));
    symlinkSync('../store/residual_forward', at('residual_forward'));
    expect(scan([root])).toMatchObject({ problems: [] });
    await expect(build(candidate('mine.as.ts'))).resolves.toBeTruthy();
  });

  test('a link to another file of the same kernels, for a candidate and for an import', async () => {
    writeFileSync(at('common/one.h'), '');
    symlinkSync('one.h', at('common/two.h'));
    writeFileSync(at('residual_forward/mine.c'), '// @about a\n#include "../common/two.h"\n');
    symlinkSync('mine.c', at('residual_forward/again.c'));
    for (const name of ['mine.c', 'again.c']) expect((await build(candidate(name))).sources).toHaveLength(2);
  });
});

test('a folder elsewhere is not searched', () => {
  for (const [name, to] of [
    ['disk', '/usr'],
    ['processes', '/proc'],
    ['up', folder],
  ])
    symlinkSync(to, at(name));
  const { candidates, problems } = scan([root]);
  expect(candidates.map(({ id }) => id)).toEqual(['residual_forward/fine']);
  expect(problems).toHaveLength(3);
});

test.skipIf(process.platform === 'win32')(
  'pipes, loops and links to nothing, of each kind and in common/, hang nothing',
  async () => {
    symlinkSync('.', at('x'));
    symlinkSync('.', at('y'));
    symlinkSync('/nowhere', at('residual_forward/gone-ts.ts'));
    symlinkSync('/dev/zero', at('residual_forward/zero.c'));
    for (const ending of ['ts', 'as.ts', 'wat', 'wasm.ts', 'c', 'wasm'])
      execFileSync('mkfifo', [at(`residual_forward/pipe-${ending.replace('.', '-')}.${ending}`)]);
    execFileSync('mkfifo', [at('common/pipe.ts')]);
    writeFileSync(at('residual_forward/reads.as.ts'), "// @about a\nimport '../common/pipe'\n");
    writeFileSync(at('residual_forward/mine.as.ts'), honest);
    const { stdout, code } = await nfold(['list', '--json'], { cwd: root });
    expect(code).toBe(0);
    const { candidates, problems } = JSON.parse(stdout);
    expect(problems).toHaveLength(10);
    const errorOf = (id: string) => candidates.find(({ candidate: one }: { candidate: string }) => one === id).error;
    expect(errorOf('residual_forward/mine')).toBeNull();
    expect(errorOf('residual_forward/reads').message).toMatch(/common\/pipe\.ts, which is a named pipe$/);
  },
);

test.skipIf(process.platform === 'win32')("a pipe as part of the user's op, or imported by one", async () => {
  const lists = async (pipes: readonly string[]) => {
    const cwd = mkdtempSync(join(folder, 'op-'));
    const inOp = (name: string) => join(cwd, 'baselines/halve', name);
    mkdirSync(inOp('.'), { recursive: true });
    for (const name of ['op.ts', 'oracle.ts', 'baseline.ts']) writeFileSync(inOp(name), "import './pipe.ts';\n");
    for (const name of pipes) rmSync(inOp(name), { force: true });
    execFileSync('mkfifo', pipes.map(inOp));
    // The loader of these tests is not Node's.
    expect((await nfoldProcess(['list', 'halve'], { cwd })).stdout).toMatch(/is a named pipe/);
  };
  await Promise.all([lists(['op.ts', 'pipe.ts']), lists(['pipe.ts'])]);
});

test('a file that takes the place of another one between two looks is not read', () => {
  const [a, b] = [at('common/a'), at('common/b')];
  writeFileSync(a, 'a');
  writeFileSync(b, bytes);
  expect(contentWithin([at('.')], a, 10)?.toString()).toBe('a');
  expect(contentWithin([at('residual_forward')], a, 10)).toMatch(astray);
});
