/** Two runs at once in one folder: what each of them keeps is there, and whole. The tests wait for most of their time, so they run side by side. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadOp } from '../../src/catalog/ops.ts';
import { Ceilings } from '../../src/machine/ceilings.ts';
import { summaries } from '../../src/records/store.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { nfoldProcess as nfold, start } from '../support/command.ts';

const top = mkdtempSync(join(tmpdir(), 'nfold-together-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const empty = () => mkdtempSync(join(top, 'run-'));

const bench = [
  'bench',
  'residual_forward/unroll4-wasmsimd',
  '--quick',
  '--no-peers',
  '--threads',
  '1',
  '--case',
  'N8192',
];
const train = ['train', 'train_gpt2/baseline', '--case', 'B4T32L2C64NH4V256', '--sample', '0'];
const together = (folder: string, ...runs: string[][]) => Promise.all(runs.map((args) => nfold(args, { cwd: folder })));
const below = (folder: string, name: string) => readdirSync(join(folder, '.nfold', name), { withFileTypes: true });

test.concurrent('two benches and a peak', async () => {
  const folder = empty();
  const outcomes = await together(folder, bench, bench, ['peak']);
  for (const { code, stderr } of outcomes) expect(code, stderr).toBe(0);
  const { summaries: all, damaged } = summaries(join(folder, '.nfold/records'));
  expect(damaged).toEqual([]);
  expect(new Set(all.map(({ id }) => id)).size).toBe(2);
  // Those that are saved in the same instant may count as the same attempt.
  const attempts = all.map(({ candidates }) => candidates[0].attempt as number).sort();
  expect([
    [1, 2],
    [1, 1],
  ]).toContainEqual(attempts);
  const [third] = await together(folder, bench);
  expect(third.code).toBe(0);
  expect(summaries(join(folder, '.nfold/records')).summaries.at(-1)?.candidates[0].attempt).toBe(3);
  const peaks = below(folder, 'peaks').map(({ name }) => readFileSync(join(folder, '.nfold/peaks', name), 'utf8'));
  expect(peaks).toHaveLength(1);
  expect(Ceilings.safeParse(JSON.parse(peaks[0])).success).toBe(true);
});

test.concurrent('builds from nothing, into one cache: what is there afterwards is what a run by itself makes', async () => {
  const folder = empty();
  const verify = ['verify', 'gelu_forward/sigmoid*', '--quick', '--seed', '1'];
  const outcomes = await together(folder, verify, verify);
  for (const { code, stderr } of outcomes) expect(code, stderr).toBe(0);
  const entries = below(folder, 'cache').map(({ name }) => [
    name,
    readFileSync(join(folder, '.nfold/cache', name), 'base64'),
  ]);
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  expect((await nfold(verify, { cwd: alone })).code).toBe(0);
  const cache = join(alone, '.nfold/cache');
  expect(entries).toEqual(readdirSync(cache).map((name) => [name, readFileSync(join(cache, name), 'base64')]));
});

test.concurrent('two training runs into one checkpoint, which is that of one of them', async () => {
  const folder = empty();
  const into = (seed: string) =>
    [...train, '--steps', '20', '--eval-every', '2', '--seed', seed].concat('--save', 'one.ckpt');
  const outcomes = await together(folder, into('1'), into('2'));
  for (const { code, stderr } of outcomes) expect(code, stderr).toBe(0);
  const { header, losses } = readCheckpoint(join(folder, 'one.ckpt'), await loadOp('train_gpt2'));
  expect([1, 2]).toContain(header.seed);
  expect(losses).toHaveLength(header.step);
  expect(header.step).toBe(20);
  expect(readdirSync(folder).sort()).toEqual(['.nfold', 'one.ckpt']);
});

test.concurrent('two training runs that one Ctrl-C ends keep a checkpoint each', async () => {
  const folder = empty();
  const runs = ['1', '2'].map((seed) =>
    start([...train, '--minutes', '5', '--seed', seed, '--eval-every', '1'], { cwd: folder }),
  );
  await Promise.all(runs.map(({ said }) => said('step      2')));
  for (const { child } of runs) child.kill('SIGINT');
  for (const { outcome } of runs) expect((await outcome).code).toBe(130);
  const op = await loadOp('train_gpt2');
  const kept = below(folder, 'checkpoints').map(({ name }) =>
    readCheckpoint(join(folder, '.nfold/checkpoints', name), op),
  );
  expect(kept.map(({ header }) => header.seed).sort()).toEqual([1, 2]);
});

test.concurrent('two tuners of one candidate: every line of their log is an event', async () => {
  const folder = empty();
  const tune = ['tune', 'sgemm/shaped-6x16-wasmrelaxedsimd', '--minutes', '0.1', '--case', 'M64N64K64', '--again'];
  const outcomes = await together(folder, tune, tune);
  for (const { code, stderr } of outcomes) expect(code, stderr).toBe(0);
  const [{ name: machine }] = below(folder, 'tuned');
  const [log] = readdirSync(join(folder, '.nfold/tuned', machine));
  const lines = readFileSync(join(folder, '.nfold/tuned', machine, log), 'utf8')
    .trimEnd()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line));
  expect(events.filter(({ type }) => type === 'winner')).toHaveLength(2);
});
