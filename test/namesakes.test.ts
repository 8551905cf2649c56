/** Two files of one name: no command takes one for the other, and the path of one selects that one. */
import { cpSync, linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../src/build/build.ts';
import { scan, selectorOf } from '../src/catalog/candidates.ts';
import { select } from '../src/catalog/select.ts';
import { startOfOne } from '../src/commands/next.ts';
import type { NfoldError } from '../src/contract/errors.ts';
import { packageRoot, shown } from '../src/files/places.ts';
import { saveRecord } from '../src/records/store.ts';
import { nfold } from './support/command.ts';
import { draft } from './support/draft.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nfold-names-')));
afterAll(() => rmSync(folder, { recursive: true }));
const [ours, theirs] = ['sgemm/ikj-ts.ts'].flatMap((name) =>
  [packageRoot, folder].map((root) => join(root, 'kernels', name)),
);
const [ts, wat] = ['ts', 'wat'].map((ending) => join(folder, `kernels/residual_forward/mine.${ending}`));

const wrong = "export default { about: 'wrong on purpose', setup() { return ({ C }) => { C.fill(1); }; } };\n";
const add = `export default { about: 'right', setup({ N }) {
  return ({ out, inp1, inp2 }) => { for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i]; };
} };\n`;

beforeAll(() => {
  for (const op of ['sgemm', 'residual_forward']) mkdirSync(join(folder, 'kernels', op), { recursive: true });
  writeFileSync(theirs, wrong);
  writeFileSync(ts, add);
  writeFileSync(wat, ';; @about wrong on purpose\n(module)');
  saveRecord(draft({ candidate: 'sgemm/ikj-ts' }), join(folder, '.nfold/records'));
});

function refusal(act: () => unknown): NfoldError {
  try {
    act();
  } catch (error) {
    return error as NfoldError;
  }
  throw new Error('nothing was refused');
}

describe('in the catalog', () => {
  const catalog = () => scan([packageRoot, folder]);

  test('both are problems, with both paths, and neither is a candidate', () => {
    const { candidates, problems } = catalog();
    expect(candidates.filter(({ id }) => /ikj-ts$|mine$/.test(id))).toEqual([]);
    expect(problems.map(({ file }) => file).sort()).toEqual([ours, theirs, ts, wat].sort());
    expect(problems.find(({ file }) => file === ts)?.message).toBe(
      `its name residual_forward/mine is that of ${wat} too: rename one of them, or give the path of the one that is meant`,
    );
    expect(select([], catalog()).problems).toEqual(problems);
  });

  test.each(['residual_forward/mine', 'residual_forward/*', '*/mine', '*/*', 'residual_forward', 'lm_ops'])(
    '%s meets them and is refused, with both paths',
    (selector) => {
      const { message, exitCode } = refusal(() => select([selector], catalog()));
      expect(exitCode).toBe(2);
      for (const file of selector === '*/*' ? [shown(ours), theirs] : [ts, wat]) expect(message).toContain(file);
      expect(message).toMatch(/rename one of them, or give the path of the one that is meant\.$/);
    },
  );

  test('what does not mean them is not held up', () => {
    expect(select(['sgemm/tile2x3-ts', 'gelu_forward'], catalog()).candidates.length).toBeGreaterThan(1);
  });

  test.each([() => ours, () => theirs, () => ts, () => wat])(
    'the path of one selects it, and is what names it then',
    (of) => {
      const [candidate, ...others] = select([of()], catalog()).candidates;
      expect(others).toEqual([]);
      expect(candidate.file).toBe(of());
      expect(join(packageRoot, selectorOf(candidate)).endsWith(of()) || selectorOf(candidate) === of()).toBe(true);
    },
  );

  test('what is built of one is named by its path', async () => {
    const built = await build(select([ours], catalog()).candidates[0]);
    expect(built).toMatchObject({ id: 'sgemm/ikj-ts', selector: 'kernels/sgemm/ikj-ts.ts' });
  });

  test('both paths together are refused', () => {
    expect(refusal(() => select([ours, theirs], catalog()))).toMatchObject({ exitCode: 2 });
    expect(select([ours, ours], catalog()).candidates).toHaveLength(1);
  });
});

describe('one file that is reached on two ways is one', () => {
  test.each([
    ['a link to the folder', (root: string) => symlinkSync(join(packageRoot, 'kernels'), join(root, 'kernels'))],
    [
      'links to the files',
      (root: string) => {
        mkdirSync(join(root, 'kernels/sgemm'), { recursive: true });
        symlinkSync(join(packageRoot, 'kernels/sgemm/ikj-ts.ts'), join(root, 'kernels/sgemm/ikj-ts.ts'));
      },
    ],
  ])('%s', (_how, prepare) => {
    const root = mkdtempSync(join(folder, 'linked-'));
    prepare(root);
    const catalog = scan([packageRoot, root]);
    expect(catalog).toEqual(scan([packageRoot]));
    const [{ id, file }] = select([join(root, 'kernels/sgemm/ikj-ts.ts')], catalog).candidates;
    expect([id, file]).toEqual(['sgemm/ikj-ts', join(packageRoot, 'kernels/sgemm/ikj-ts.ts')]);
  });

  test('a copy is another one, as is a link with the ending of another kind', () => {
    const root = mkdtempSync(join(folder, 'copied-'));
    mkdirSync(join(root, 'kernels/sgemm'), { recursive: true });
    cpSync(join(packageRoot, 'kernels/sgemm/ikj-ts.ts'), join(root, 'kernels/sgemm/ikj-ts.ts'));
    writeFileSync(join(root, 'kernels/sgemm/own.ts'), wrong);
    linkSync(join(root, 'kernels/sgemm/own.ts'), join(root, 'kernels/sgemm/own.wat'));
    expect(scan([packageRoot, root]).problems).toHaveLength(4);
  });
});

describe('in every command', () => {
  const both = [join(packageRoot, 'kernels/sgemm/ikj-ts.ts'), 'kernels/sgemm/ikj-ts.ts'];
  test.each([
    [['verify', 'sgemm/ikj-ts']],
    [['verify', 'sgemm', '--json']],
    [['bench', 'sgemm/ikj*', '--json']],
    [['list', 'sgemm']],
    [['list', 'sgemm', '--json']],
    [['tune', 'sgemm/ikj-ts']],
    [['best', 'sgemm/ikj-ts', '--confirm']],
  ])('nfold %j exits 2 and names both', async (args) => {
    const { code, stdout, stderr } = await nfold(args, { cwd: folder });
    expect(code).toBe(2);
    if (args.includes('--json')) expect(JSON.parse(stdout).error.code).toBe('ambiguous-name');
    else expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^nfold: sgemm\/ikj-ts is the name of 2 files, .* and .*: rename one of them, or give the path/m,
    );
    for (const file of both) expect(stderr).toContain(file);
  });

  test('list without a selector tells of both, and --json has them among the problems', async () => {
    const { code, stdout } = await nfold(['list', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const { candidates, problems } = JSON.parse(stdout);
    expect(problems.map(({ file }: { file: string }) => file)).toEqual(expect.arrayContaining(both));
    expect(candidates.map(({ candidate }: { candidate: string }) => candidate)).not.toContain('sgemm/ikj-ts');
  });

  test('the path of the wrong one fails, and what does that check again names the path', async () => {
    const args = ['verify', 'kernels/sgemm/ikj-ts.ts', '--quick', '--case', 'M64N64K64', '--json', '--threads', '1'];
    const { code, stdout } = await nfold(args, { cwd: folder });
    expect(code).toBe(1);
    const [{ candidate, failure }] = JSON.parse(stdout).results;
    expect(candidate).toBe('sgemm/ikj-ts');
    expect(failure.replay).toMatch(/^node \S+src\/nfold\.js verify kernels\/sgemm\/ikj-ts\.ts --case M64N64K64 /);
  });
});

test('the kernel that bench proposes to begin with has a name that no file has, of whatever kind', () => {
  const roots = ['one', 'other'].map((name) => mkdtempSync(join(folder, `${name}-`)));
  for (const root of roots) mkdirSync(join(root, 'kernels/sgemm'), { recursive: true });
  const proposed = () => startOfOne('sgemm', roots);
  expect(proposed()).toMatch(/ new sgemm\/mine-ts$/);
  writeFileSync(join(roots[1], 'kernels/sgemm/mine-ts.ts'), '');
  expect(proposed()).toMatch(/mine2-ts$/);
  symlinkSync('/nowhere', join(roots[0], 'kernels/sgemm/mine2-ts.wasm.ts'));
  expect(proposed()).toMatch(/mine3-ts$/);
});
