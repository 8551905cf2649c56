/** The command as a user meets it: what it prints, where, and with which exit code. Runs in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { Record } from '../src/records/schema.ts';
import { saveRecord } from '../src/records/store.ts';
import { entry, nfold as nfoldIn, nfoldProcess, type Outcome } from './support/command.ts';
import { draft } from './support/draft.ts';
import { prepare } from './support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-cli-'));
prepare(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nfold = (...args: string[]): Promise<Outcome> => nfoldIn(args, { cwd: folder });

describe('without work', () => {
  test('alone it says what it is, with three examples', async () => {
    const { code, stdout, stderr } = await nfold();
    expect(code).toBe(0);
    expect(stdout).toMatch(/nfold bench[\s\S]*nfold verify[\s\S]*nfold list/);
    expect(stderr).toBe('');
  });

  test('the command that npm links can be run by a shell', () => {
    const { bin } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    expect(readFileSync(join(packageRoot, bin.nfold), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('--help and --version are fine', async () => {
    expect(await nfold('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('bench') });
    expect(await nfold('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test('list shows every op with its cases and candidates, and --json is data alone', async () => {
    const text = await nfold('list');
    expect(text.code).toBe(0);
    for (const word of ['sgemm', 'train_gpt2', 'M64N64K64', 'sgemm/ikj-ts']) expect(text.stdout).toContain(word);
    const { stdout, stderr } = await nfold('list', '--json');
    const data = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(data.problems).toEqual([]);
    expect(data.candidates.every((c: { about: string | null }) => c.about)).toBe(true);
  });
});

test('two commands at once keep to their own folder', async () => {
  const folders = ['one', 'two'].map((name) => mkdtempSync(join(tmpdir(), `nfold-${name}-`)));
  for (const [i, cwd] of folders.entries())
    saveRecord(draft({ overrides: { name: `record-${i}` } }), join(cwd, '.nfold/records'));
  const shown = await Promise.all(folders.map((cwd) => nfoldIn(['show', '--json'], { cwd })));
  expect(shown.map(({ stdout }) => JSON.parse(stdout).name)).toEqual(['record-0', 'record-1']);
  for (const cwd of folders) rmSync(cwd, { recursive: true });
});

test('without its packages it says how to get them', () => {
  const copy = join(folder, 'copy');
  for (const name of ['src', 'package.json']) cpSync(join(packageRoot, name), join(copy, name), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [join(copy, 'src/nfold.js'), 'list'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^nfold: A part of it is not installed \(Cannot find package '@commander-js\/extra-typings'\): run 'npm ci' in nfold's folder\.\n$/,
  );
});

describe('wrong usage is one sentence on stderr', () => {
  test.each([
    [['bench', 'nonsense'], 3, /^nfold: Nothing is called or matches 'nonsense'/],
    [
      ['bench', 'sgemm', '--case', 'M3'],
      3,
      /^nfold: No timed case matches 'M3', only edges do; 'nfold verify' checks those/,
    ],
    [['verify', '--case', 'Q9'], 3, /^nfold: No case matches 'Q9': cases are called/],
    [['bench', '--text', 'no-such-file.txt'], 2, /^nfold: The text no-such-file.txt does not exist/],
    [['bench', '--threads', 'two'], 2, /It takes a whole number from 1 to 256/],
    [['bench', '--quick', '--thorough'], 2, /cannot be used with/],
    [['tune', 'sgemm/ikj-ts'], 2, /^nfold: sgemm\/ikj-ts has no parameters to tune: a \.wasm\.ts candidate/],
    [['tune', 'sgemm'], 2, /^nfold: 'sgemm' selects \d+ candidates: tune takes one/],
    [['bnch'], 2, /[Uu]nknown command 'bnch'[\s\S]*bench/],
    [['bench', '--sed', '1'], 2, /unknown option '--sed'[\s\S]*--seed/],
    [['verify', '.'], 2, /^nfold: \. is a folder: give a file in it, an op/],
    [['show', './x.json'], 2, /^nfold: There is no file \.\/x\.json\./],
    [['best', 'sgmm'], 3, /^nfold: Nothing is called or matches 'sgmm'\. Did you mean 'sgemm'\?/],
    [['show'], 3, /^nfold: There is no record here yet/],
    [['show', 'not-there'], 2, /^nfold: No record and no file is called 'not-there'/],
  ])('nfold %j', async (args, code, message) => {
    const outcome = await nfold(...args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a run', () => {
  const quick = ['--quick', '--no-peers', '--case', 'M64N64K64', '--seed', '7'];
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await nfold('bench', 'sgemm/ikj-ts', 'sgemm/tile2x3-ts', ...quick, '--json');
  });

  test('prints the record that it saved, and nothing else on stdout', () => {
    expect(outcome.code).toBe(0);
    const record = Record.parse(JSON.parse(outcome.stdout));
    expect(JSON.parse(readFileSync(join(folder, '.nfold/records', `${record.id}.json`), 'utf8'))).toEqual(record);
    expect(record).toMatchObject({ schema: 'nfold/record@3', suite: 'sgemm', seed: 7, interrupted: false });
    const result = record.results.find((r) => r.candidate === 'sgemm/ikj-ts');
    expect(result).toMatchObject({ case: 'M64N64K64', verdict: 'pass', threads: 1, flags: [], tier: 'J' });
    expect(result?.parameters).toBeNull();
    // On a busy machine no peak is believed, or the speedup is withheld and has no share of one.
    if (result?.peak === null) expect(result.percentOfPeak).toBeNull();
    else {
      expect(result?.peak).toMatchObject({ unit: 'Gflop/s', name: '128-bit FMA, 1 thread' });
      expect(result?.percentOfPeak).toBeGreaterThan(0);
    }
    const known = JSON.stringify(record.ceilings?.map(({ ops }) => ops));
    expect(result?.peak === null ? ['[]', '[["sgemm"]]'] : ['[["sgemm"]]']).toContain(known);
    const rounds = record.samples.filter((s) => s.variant === 'sgemm/ikj-ts').map((s) => s.round);
    expect(rounds.length).toBeGreaterThanOrEqual(2);
  });

  test('withholds the mean of a suite that was timed in part, and says why', () => {
    const record = Record.parse(JSON.parse(outcome.stdout));
    const mean = record.means.find((m) => m.candidate === 'sgemm/ikj-ts');
    expect(mean).toMatchObject({ arithmetic: null, cases: 1, withheld: '1 of the 13 cases of sgemm were timed' });
  });

  test('can be shown again', async () => {
    const shown = await nfold('show');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('M64N64K64');
    const again = await nfold('show', 'last', '--json');
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(outcome.stdout));
  });

  test('a damaged record is named', async () => {
    const file = join(folder, 'damaged.json');
    writeFileSync(file, '{"schema":');
    expect(await nfold('show', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a record') });
    writeFileSync(file, '{"schema":"nfold/record@1"}');
    expect(await nfold('show', file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('damaged.json is not a record of this version'),
    });
  });
});

describe("the user's own folder", () => {
  const own = mkdtempSync(join(tmpdir(), 'nfold-own-'));
  prepare(own);
  afterAll(() => rmSync(own, { recursive: true, force: true }));
  beforeAll(() => {
    mkdirSync(join(own, 'kernels/sgemm'), { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(own, 'kernels/sgemm', name), text);
    write('broken-ts.ts', 'export default { about: "x", setup( };');
    write('lazy-ts.ts', 'export default { about: "does nothing", setup: () => () => {} };');
    write('note.txt', 'a stray');
  });

  test('a broken candidate and a wrong one get a sentence each, and do not stop the others', async () => {
    const { code, stdout } = await nfoldIn(
      ['verify', 'sgemm/broken-ts', 'sgemm/lazy-ts', 'sgemm/ikj-ts', '--case', 'M5N31K64NT', '--json'],
      { cwd: own },
    );
    expect(code).toBe(1);
    const { results } = JSON.parse(stdout);
    const byId = Object.fromEntries(results.map((r: { candidate: string }) => [r.candidate, r]));
    expect(byId['sgemm/broken-ts']).toMatchObject({
      verdict: 'error',
      message: expect.stringMatching(/^kernels\/sgemm\/broken-ts\.ts:1:\d+: does not build: /),
    });
    expect(byId['sgemm/lazy-ts']).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/C\[0,0\] is NaN, should be/),
    });
    expect(byId['sgemm/ikj-ts']).toMatchObject({ verdict: 'pass' });
    const again = byId['sgemm/lazy-ts'].failure.replay.split(' ').slice(2);
    expect(await nfoldIn(again, { cwd: own })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('C[0,0] is NaN'),
    });
  });

  test('where no candidate passes, nothing is timed', async () => {
    const { code, stdout } = await nfoldIn(['bench', 'sgemm/lazy-ts', '--quick', '--case', 'M64N64K64'], { cwd: own });
    expect(code).toBe(1);
    expect(stdout).toMatch(/none was timed[\s\S]*lazy-ts +fail[\s\S]*x sgemm\/lazy-ts at/);
    expect(stdout).not.toContain('(peer)');
  });

  test('a stray file is an error with a hint', async () => {
    const { stdout } = await nfoldIn(['list'], { cwd: own });
    expect(stdout).toMatch(/kernels\/sgemm\/note\.txt: the ending \.txt is not one of/);
  });
});

test('where the state folder cannot be written to, verify does without it', async () => {
  const own = mkdtempSync(join(tmpdir(), 'nfold-own-'));
  writeFileSync(join(own, '.nfold'), 'a file, in the place of the folder');
  expect(await nfoldIn(['verify', 'sgemm/ikj-ts', '--case', 'M5N31K64NT'], { cwd: own })).toMatchObject({ code: 0 });
  rmSync(own, { recursive: true });
});

test('Ctrl-C in mid-run saves what was measured and exits 130', async () => {
  const own = mkdtempSync(join(tmpdir(), 'nfold-stop-'));
  prepare(own);
  const args = ['bench', 'residual_forward/unroll4-wasmsimd', '--quick', '--case', 'N8192'];
  const { code, stdout, stderr } = await nfoldIn(args, { cwd: own, stopAt: 'round 2' });
  expect(code).toBe(130);
  expect(stderr).toContain('what was measured is kept');
  expect(stdout).toContain('Interrupted');
  const files = readdirSync(join(own, '.nfold/records'));
  expect(files).toHaveLength(1);
  const record = Record.parse(JSON.parse(readFileSync(join(own, '.nfold/records', files[0]), 'utf8')));
  expect(record.interrupted).toBe(true);
  expect(record.samples.length).toBeGreaterThan(10);
  rmSync(own, { recursive: true });
});

test('Ctrl-C before anything was timed leaves no record', async () => {
  const own = mkdtempSync(join(tmpdir(), 'nfold-stop-'));
  prepare(own);
  const args = ['bench', 'sgemm/ikj-ts', '--quick', '--case', 'M64N64K64'];
  const { code, stdout, stderr } = await nfoldIn(args, { cwd: own, stopAt: 'seed committed' });
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain('Stopped before anything was timed');
  expect(existsSync(join(own, '.nfold/records'))).toBe(false);
  rmSync(own, { recursive: true });
});

test('as a process: its exit code, and data alone on stdout', async () => {
  const { code, stdout, stderr } = await nfoldProcess(['list', 'sgemm', '--json'], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe((await nfold('list', 'sgemm', '--json')).stdout);
  expect(await nfoldProcess(['list', 'nonsense'], { cwd: folder })).toMatchObject({ code: 3, stdout: '' });
});

test('an older Node hands over to the one that is pinned, which has the same words and exit code', async () => {
  const older =
    "process.env.NFOLD_NODE||Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})";
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${older}` };
  expect(await nfoldProcess(['list', 'sgemm'], { cwd: folder, env })).toMatchObject(await nfold('list', 'sgemm'));
  expect(await nfoldProcess(['list', 'nonsense'], { cwd: folder, env })).toMatchObject(await nfold('list', 'nonsense'));
});

test('a reader that closes the pipe is no failure', () => {
  const line = `"${process.execPath}" "${entry}" list | head -1; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\n')).toHaveLength(2);
  const failing = line.replace(' list ', ' list nonsense ');
  expect(spawnSync('bash', ['-c', failing], { cwd: folder }).status).toBe(3);
});
