/** compare over several classes of machines: each record against the first of its class, and on which classes a claim holds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimsOf } from '../src/analysis/claims.ts';
import { classesOf, referencesOf } from '../src/analysis/classes.ts';
import { compareRecords } from '../src/analysis/compare.ts';
import type { Record } from '../src/records/schema.ts';
import { recordOf, saveRecord } from '../src/records/store.ts';
import { schemas } from '../src/schemas/registry.ts';
import { nfold as nfoldIn } from './support/command.ts';
import { draft, type Made } from './support/draft.ts';
import { raw } from './support/hostile.ts';

const here = draft().machine;
const intel = { ...here, cpu: 'I', cores: 8, class: 'intel-icelake-avx512-8c' };
const times = (factor: number) => [[2, 2.02, 1.98].map((v) => v * factor), [4, 4.04, 3.96].map((v) => v * factor)];
const wide = (factor: number) => [[1, 2, 3].map((v) => v * factor), [2, 4, 6].map((v) => v * factor)];
const on = (machine: Record['machine'], made: Made = {}, name: string | null = null) =>
  draft({ ...made, overrides: { machine, name, ...made.overrides } });
const record = (...given: Parameters<typeof on>) => recordOf(on(...given));

describe('references', () => {
  test('are the first record of all within one class, and of each class', () => {
    expect(referencesOf([record(here), record(here), record({ ...here, cpu: 'other model of the class' })])).toEqual([
      0, 0,
    ]);
    expect(referencesOf([record(here), record(intel)])).toEqual([0]);
    expect(referencesOf([here, here, intel, intel, here].map((machine) => record(machine)))).toEqual([0, 0, 2, 0]);
  });

  test('an old record is of the class of its machine, or of one of its own', () => {
    const old = { ...here, class: null };
    expect(classesOf([record(old), record(here)])).toEqual([here.class, here.class]);
    expect(classesOf([record(old), record(intel)])).toEqual(['an unknown class (A, 2 cores)', intel.class]);
    expect(referencesOf([record(old), record({ ...old, cpu: 'B' }), record(old)])).toEqual([0, 0]);
  });
});

test('claims: over the baseline by record, and over the first record of the class', () => {
  const records = [
    record(here),
    record(here, { speedups: times(1.3) }),
    record(intel, { speedups: wide(0.8) }),
    record(intel, { speedups: times(0.5) }),
  ];
  const claims = claimsOf(records, compareRecords(records));
  expect(claims.map(({ class: name, record, against, verdict }) => [name, record, against, verdict])).toEqual([
    [here.class, 0, null, 'faster'],
    [here.class, 1, null, 'faster'],
    [intel.class, 2, null, 'inconclusive'],
    [intel.class, 3, null, 'faster'],
    [here.class, 1, 0, 'faster'],
    [intel.class, 3, 2, 'inconclusive'],
  ]);
  expect(claimsOf(records.slice(0, 2), compareRecords(records.slice(0, 2)))).toEqual([]);
});

const folder = mkdtempSync(join(tmpdir(), 'nfold-classes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const nfold = (...args: string[]) => nfoldIn(args, { cwd: folder });

/** What was folded at the width of the window, as lines again. */
const unfolded = (text: string) => text.replace(/\n +/g, ' ');
const save = (where: string, ...given: Parameters<typeof on>) => saveRecord(on(...given), join(folder, where));

beforeAll(() => {
  save('.nfold/records', here, {}, 'before');
  save('.nfold/records', here, { speedups: times(1.3) }, 'after');
  save('.nfold/records', { ...here, class: null }, {}, 'old');
  save('intel/.nfold/records', intel, { speedups: times(2) }, 'before');
  save('intel/.nfold/records', intel, { speedups: times(1.6) }, 'after');
  const escapes = `x${'y'.repeat(900)}\x1b[2J\u202e|@you\n# head`;
  save('hostile', { ...here, cpu: 'H', class: escapes }, {}, 'hostile');
});

const four = ['before', 'after', 'intel/before', 'intel/after'];

describe('nfold compare', () => {
  test('groups by class: within each, the others against its first', async () => {
    const { code, stdout, stderr } = await nfold('compare', ...four);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/ D after +4\.80x +C +0\.800 +\[0\.784, 0\.816\] +slower\n/);
    expect((await nfold('compare', ...four, '--wide')).stdout).toMatch(/B \/ A .* C \/ A .* D \/ C /);
    expect(stdout).toContain('C and D: same machine');
    expect(unfolded(stdout)).toContain(
      [
        'Classes of machines: A, B on amd-zen3-avx2-2c; C, D on intel-icelake-avx512-8c',
        'sgemm/mine-ts against its baseline: faster on amd-zen3-avx2-2c (A 3.00x, B 3.90x); faster on intel-icelake-avx512-8c (C 6.00x, D 4.80x)',
        'sgemm/mine-ts against the first record of the class: faster on amd-zen3-avx2-2c (B / A 1.30x); slower on intel-icelake-avx512-8c (D / C 0.80x)',
      ].join('\n'),
    );
    expect(stdout).toContain('C against A, of another class of machines: Of 1 candidate in both: 1 faster');
    expect(stdout).toContain('D against C: Of 1 candidate in both: 1 slower (sgemm/mine-ts 0.80x).');
  });

  test('one record of each class: the claims over the baselines, and the comparison as before', async () => {
    const { stdout } = await nfold('compare', 'before', 'intel');
    expect(stdout).toMatch(/B \/ A/);
    expect(stdout).toContain('Another machine: speedups compare, with care; times do not.');
    expect(unfolded(stdout)).toMatch(
      /against its baseline: faster on amd-zen3-avx2-2c \(A 3\.00x\); faster on intel-icelake-avx512-8c \(B 4\.80x\)/,
    );
    expect(stdout).not.toMatch(/against the first record/);
  });

  test('records of one class, or of one machine before there were classes, have no such lines', async () => {
    for (const other of ['after', 'old'])
      expect((await nfold('compare', 'before', other)).stdout).not.toMatch(/[Cc]lass/);
  });

  test('more than four records have a line each, which says what it is against', async () => {
    const { stdout } = await nfold('compare', ...four, 'old');
    expect(stdout).toMatch(/speedup +over +ratio/);
    expect(stdout).toMatch(/ D after +4\.80x +C +0\.800/);
  });

  test('a gate judges within each class; one record of another class is refused as before', async () => {
    const gate = ['--fail-below', '0.95'];
    const failed = await nfold('compare', ...four, ...gate);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /^x The mean of sgemm\/mine-ts is 0\.80x as fast in after as in before, below 0\.95\.\n/,
    );
    expect(failed.stderr).not.toMatch(/two machines/);
    expect(await nfold('compare', 'intel/after', 'intel/before', 'before', 'after', ...gate)).toMatchObject({
      code: 0,
    });
    const refused = await nfold('compare', 'before', 'intel/before', ...gate);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/give --across-machines/) });
    const across = await nfold('compare', 'intel/before', 'before', 'after', ...gate, '--across-machines');
    expect(across).toMatchObject({ code: 1, stderr: expect.stringMatching(/0\.50x as fast[\s\S]*two machines/) });
  });

  test('--json has classes, references and claims; csv and markdown name the same records', async () => {
    const { stdout } = await nfold('compare', ...four, '--json');
    const data = JSON.parse(stdout);
    expect(schemas.compare.parse(data)).toEqual(data);
    expect(data.records.map((one: { class: string }) => one.class)).toEqual([
      here.class,
      here.class,
      intel.class,
      intel.class,
    ]);
    expect(data.references).toEqual([0, 0, 2]);
    expect(data.claims).toHaveLength(6);
    const csv = (await nfold('compare', ...four, '--reporter', 'csv')).stdout.split('\r\n').slice(1, 4);
    const [, , , , , from, to] = csv[2].split(',');
    expect([from, to]).toEqual([data.records[2].id, data.records[3].id]);
    expect((await nfold('compare', ...four, '--reporter', 'markdown')).stdout).toMatch(
      /D \(after\) .*\n[\s\S]*slower on intel-icelake-avx512-8c \(D \/ C 0\.80x\)/,
    );
  });

  test('a class from elsewhere is text and nothing more', async () => {
    for (const args of [[], ['--reporter', 'markdown'], ['--json']]) {
      const { code, stdout } = await nfold('compare', 'before', 'hostile', ...args);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(raw);
      expect(stdout.split('\n')).not.toContainEqual(expect.stringMatching(/^# head/));
    }
    expect((await nfold('compare', 'before', 'hostile', '--reporter', 'markdown')).stdout).not.toMatch(/[^;]@you/);
  });

  test('an inconclusive mean says what to do next, with the command', async () => {
    const saved = (name: string, overrides: Made['overrides']) =>
      save('wide/.nfold/records', here, { speedups: wide(1), overrides: { name, ...overrides } });
    saved('q1', { threads: 200 });
    saved('q2', { threads: 200, caseFilter: 'M*' });
    saved('t1', { effort: 'thorough', threads: null });
    saved('t2', { effort: 'thorough', threads: null });
    const said = async (...names: string[]) =>
      unfolded((await nfold('compare', ...names.map((name) => `wide/${name}`))).stdout);
    expect(await said('q1', 'q2')).toMatch(
      /\nInconclusive: .* More rounds on both sides.*: .* bench sgemm\/mine-ts --case 'M\*' --threads 200\n$/,
    );
    expect(await said('q1', 't1')).toMatch(/More rounds.*: .* bench sgemm\/mine-ts --thorough\n$/);
    expect(await said('t1', 't2')).toMatch(
      /calmer machine \('.* doctor' says.*: .* bench sgemm\/mine-ts --thorough\n$/,
    );
    expect((await nfold('compare', 'before', 'after')).stdout).not.toMatch(/Inconclusive/);
  });
});
