/** compare, history, best and names as a user meets them, on records made for the purpose. Nothing is timed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveRecord } from '../src/records/store.ts';
import { nfold as nfoldIn } from './support/command.ts';
import { draft, type Made } from './support/draft.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-compare-'));
const records = join(folder, '.nfold/records');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nfold = (...args: string[]) => nfoldIn(args, { cwd: folder });

const times = (factor: number) => [[2, 2.02, 1.98].map((v) => v * factor), [4, 4.04, 3.96].map((v) => v * factor)];
const save = (hour: number, name: string, made: Made) =>
  saveRecord(
    draft({ ...made, overrides: { createdAt: `2026-11-25T${hour}:00:00.000Z`, name, ...made.overrides } }),
    records,
  );

beforeAll(() => {
  save(10, 'before', {});
  save(11, 'slower', { speedups: times(0.8), hash: 'other', source: 'export default 2;\n' });
  save(12, 'elsewhere', { overrides: { machine: { ...draft().machine, cpu: 'Z' } } });
  save(13, 'rebased', { baselineHash: 'else' });
  save(14, 'last-one', { speedups: times(1.5) });
  writeFileSync(join(records, 'torn.json'), '{"schema": "nfold/');
});

describe('nfold compare', () => {
  test('a regression is told, and is no failure without a gate', async () => {
    const { code, stdout, stderr } = await nfold('compare', 'before', 'slower', '--diff');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/sgemm\/mine-ts +3\.00x +2\.40x +0\.800 +\[0\.7\d+, 0\.8\d+\] +slower/);
    expect(stdout).toContain('source of sgemm/mine-ts: aaaa -> other');
    expect(stdout).toContain('1 slower (sgemm/mine-ts 0.80x)');
    expect(stdout).toContain('-export default 1;\n+export default 2;');
  });

  test('the gate fails below its ratio only, and says where', async () => {
    const failing = await nfold('compare', 'before', 'slower', '--fail-below', '0.95');
    expect(failing.code).toBe(1);
    expect(failing.stderr).toMatch(
      /The mean of sgemm\/mine-ts is 0\.80x as fast in slower as in before, below 0\.95\./,
    );
    expect((await nfold('compare', 'before', 'slower', '--fail-below', '0.7')).code).toBe(0);
    expect((await nfold('compare', 'slower', 'before', '--fail-below', '0.95')).code).toBe(0);
  });

  test('the gate does not judge what was disturbed, and says so', async () => {
    const [first, ...others] = draft({ speedups: times(0.5) }).results;
    const results = [{ ...first, speedup: null, timeNs: null, disturbed: '4 of 6 calls waited for a CPU' }, ...others];
    const overrides = { results, name: 'disturbed' };
    saveRecord(draft({ speedups: times(0.99), overrides }), join(folder, 'noisy'));
    const { code, stdout, stderr } = await nfold('compare', 'before', 'noisy/disturbed', '--fail-below', '0.95');
    expect(stderr).toMatch(
      /The gate does not judge 1 speedup of disturbed \(sgemm\/mine-ts at M64N64K64\): the run was disturbed\. Close other programs and run again\.\n$/,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/sgemm\/mine-ts +4\.00x/);
    expect(stdout).toMatch(/M64N64K64 .* disturbed/);
    expect((await nfold('compare', 'before', 'noisy/disturbed')).stderr).toBe('');
  });

  test('another baseline is refused, and compared by force', async () => {
    const refused = await nfold('compare', 'before', 'rebased');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^nfold: before and rebased used different baselines of sgemm .*--force/);
    expect(await nfold('compare', 'before', 'rebased', '--force')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Forced: the speedups of sgemm are multiples of two different baselines'),
    });
  });

  test('another machine is warned of', async () => {
    expect((await nfold('compare', 'before', 'elsewhere')).stdout).toContain(
      'Another machine: speedups compare, with care',
    );
  });

  test('a gate between two machines is an explicit choice, and says beside a failure what else may be its cause', async () => {
    const overrides = {
      machine: { ...draft().machine, cpu: 'Z' },
      runtime: { nfold: '0.1.0', node: '24.1.0', v8: '13' },
    };
    const slower = draft({ speedups: times(0.8), overrides: { ...overrides, name: 'slower-elsewhere' } });
    saveRecord(slower, join(folder, 'other'));
    const gate = ['--fail-below', '0.95'];
    const refused = await nfold('compare', 'before', 'other/slower-elsewhere', ...gate);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^nfold: before is of A, 2 cores, linux 6 x64 and slower-elsewhere of Z, 2 cores.*give --across-machines to judge them anyway\.\n$/,
    );
    const failed = await nfold('compare', 'before', 'other/slower-elsewhere', ...gate, '--across-machines');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/x The mean of sgemm\/mine-ts is 0\.80x as fast in slower-elsewhere/);
    expect(failed.stderr).toMatch(
      /! before and slower-elsewhere are of two machines \(A, .*; Z, .*\): that alone can change/,
    );
    expect(failed.stderr).toMatch(/! .* two versions of Node \(Node 26\.10\.0, V8 14\.6; Node 24\.1\.0, V8 13\)/);
    const passed = await nfold('compare', 'before', 'elsewhere', ...gate, '--across-machines');
    expect(passed).toMatchObject({ code: 0, stderr: '' });
    expect(await nfold('compare', 'before', 'elsewhere', '--across-machines')).toMatchObject({ code: 2, stdout: '' });
  });

  test('--json is data alone; a file beside it is whole', async () => {
    const out = join(folder, 'out.csv');
    const { code, stdout, stderr } = await nfold('compare', 'before', 'slower', '--json', '--reporter', `csv=${out}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).means[0].changes[0]).toMatchObject({ verdict: 'slower' });
    expect(readFileSync(out, 'utf8')).toContain('slower');
  });

  test.each([
    [['compare'], /missing required argument/],
    [['compare', 'before'], /nothing to compare one record with/],
    [['compare', 'before', 'nope'], /No record and no file is called 'nope'/],
    [['compare', 'before', 'slower', '--fail-below', 'x'], /It takes a number above 0/],
    [['compare', 'before', join('.nfold/records', 'torn.json')], /torn\.json is not a record/],
  ])('nfold %j is one sentence and exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await nfold(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('nfold history', () => {
  test('a table, a line, what changed, and the damaged file by name', async () => {
    const { code, stdout, stderr } = await nfold('history', 'sgemm/mine-ts');
    expect(code).toBe(0);
    expect(stderr).toMatch(/torn\.json is not a record.*passed over/);
    expect(stdout).toMatch(/slower +2026-11-25 11:00 +2\.40x +\[2\.36, 2\.44\] .*source/);
    expect(stdout).toMatch(/machine Z/);
    expect(stdout).toMatch(/slower .*┊ +●┤/);
    expect((await nfold('history', 'sgemm/mi*', '--case', 'M64N64K64', '--json')).stdout).toContain('"attempt": 5');
  });

  test('an unknown candidate gets a suggestion', async () => {
    expect(await nfold('history', 'sgemm/mine-tz')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Did you mean 'sgemm/mine-ts'?"),
    });
  });
});

test('nfold best says out of how many attempts, among what compares with the newest', async () => {
  const { code, stdout } = await nfold('best');
  expect(code).toBe(0);
  expect(stdout).toMatch(/sgemm +sgemm\/mine-ts +4\.50x .* 3 attempts, 1 candidate +last-one/);
  expect(await nfold('best', 'sgemm', '--confirm')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('no longer here'),
  });
  expect(await nfold('best', 'train_gpt2')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('No record here'),
  });
});

test('nfold best takes the selectors of the other commands, recorded candidates included', async () => {
  for (const selector of ['sgemm/mine-ts', 'sgemm/m*', 'sgemm']) expect((await nfold('best', selector)).code).toBe(0);
  expect(await nfold('best', 'sgemm', 'sgmm')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("Nothing is called or matches 'sgmm'. Did you mean 'sgemm'?"),
  });
});

test.each([
  ['before', /The name 'before' is taken by record 20261125-10/],
  ['last', /cannot be called 'last'/],
  ['a/b', /cannot be called 'a\/b'/],
])('--save %s is refused before anything is measured', async (name, message) => {
  const { code, stderr } = await nfold('bench', 'sgemm/ikj-ts', '--quick', '--save', name);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
