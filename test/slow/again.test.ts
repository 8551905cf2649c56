/** bench --against and reproduce, from the words to the record: a quick run on one small case each. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { Record } from '../../src/records/schema.ts';
import { Reproduced } from '../../src/schemas/reproduce.ts';
import { nfold as nfoldIn, start } from '../support/command.ts';
import { prepare } from '../support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-again-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'kernels/residual_forward/mine-wasmsimd.wat');
const own = readFileSync(join(packageRoot, 'test/odd-but-honest/residual_forward/backwards.wat'), 'utf8');
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    encoding: 'utf8',
  }).trim();
const nfold = (...args: string[]) => nfoldIn(args, { cwd: folder });
const bench = 'bench residual_forward/mine-wasmsimd --quick --no-peers --threads 1 --case N8192'.split(' ');

let record: Record;
let commit: string;

beforeAll(async () => {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, own);
  git('init', '--quiet');
  git('add', 'kernels');
  git('commit', '--quiet', '-m', 'one');
  commit = git('rev-parse', '--short', 'HEAD');
  writeFileSync(file, own.replace('(module', '(module (; changed ;)'));
  prepare(folder);
  const { code, stdout, stderr } = await nfold(...bench, '--against', 'HEAD', '--json', '--save', 'both');
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`in revision ${commit}`) });
  record = Record.parse(JSON.parse(stdout));
});

test('the earlier source is a candidate of its own, the first of the pair', () => {
  const [earlier, now] = [`residual_forward/mine-wasmsimd@${commit}`, 'residual_forward/mine-wasmsimd'];
  expect(record.candidates.map(({ candidate, verdict }) => [candidate, verdict])).toEqual([
    [earlier, 'pass'],
    [now, 'pass'],
  ]);
  const [first, second] = record.candidates.map(({ sources: [source] }) => record.texts[source.hash]);
  expect(first).toBe(own);
  expect(second).toContain('changed');
  expect(record.pairs).toMatchObject([
    { first: earlier, candidate: now, case: null, ratio: null },
    { first: earlier, candidate: now, case: 'N8192' },
  ]);
  // On a busy machine it is disturbed.
  const [, { ratio, withheld }] = record.pairs;
  if (ratio === null) expect(withheld).toMatch(/^disturbed: /);
  else expect(withheld).toBeNull();
  expect(JSON.stringify(record)).not.toContain(tmpdir());
});

test('what was recorded is a source to compare with, too', async () => {
  writeFileSync(file, own);
  const { code, stdout, stderr } = await nfold(...bench, '--against', 'both');
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`in record ${record.id}`) });
  const said = stdout.replace(/\s+/g, ' ');
  expect(said).toMatch(/how many times as fast as residual_forward\/mine-wasmsimd@\d{8}-\d{6}-[0-9a-f]{4}, paired/);
  expect(said).toContain('bench residual_forward/mine-wasmsimd --against both --case N8192');
});

test('a record is reproduced from its own sources, whatever became of the files', async () => {
  rmSync(file);
  const { stdout } = await nfold('reproduce', 'both', '--json');
  const { again, claims, interrupted } = Reproduced.parse(JSON.parse(stdout));
  expect(interrupted).toBe(false);
  expect(claims.map(({ candidate, claim }) => [candidate, claim])).toEqual(
    record.candidates.flatMap(({ candidate }) => [
      [candidate, 'verdict'],
      // What was disturbed claims no speed.
      ...record.results.filter((r) => r.candidate === candidate && r.speedup).map(() => [candidate, 'case']),
    ]),
  );
  expect(claims.filter(({ claim }) => claim === 'verdict').every(({ outcome }) => outcome === 'holds')).toBe(true);
  const made = Record.parse(JSON.parse(readFileSync(join(folder, `.nfold/records/${again}.json`), 'utf8')));
  expect(made).toMatchObject({ seed: record.seed, threads: 1, effort: 'quick', note: `reproduces ${record.id}` });
  expect(made.texts).toEqual(record.texts);
  expect(made.candidates.map(({ hash }) => hash)).toEqual(record.candidates.map(({ hash }) => hash));
  expect(made.results.map((result) => result.case)).toEqual(['N8192', 'N8192']);
});

test.each(['verifying', 'round 2'])('Ctrl-C at %s leaves nothing in temporary folders', async (moment) => {
  const temporary = mkdtempSync(join(tmpdir(), 'nfold-again-tmp-'));
  const { child, outcome, said } = start(['reproduce', 'both'], { cwd: folder, env: { TMPDIR: temporary } });
  await said(moment);
  child.kill('SIGINT');
  expect((await outcome).code).toBe(130);
  expect(readdirSync(temporary)).toEqual([]);
  rmSync(temporary, { recursive: true });
});
