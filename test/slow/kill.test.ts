/** kill -9 at random moments of a run: no record and no checkpoint is ever half there, and what is left over goes with the next run. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { loadOp } from '../../src/catalog/ops.ts';
import { makeRng } from '../../src/contract/rng.ts';
import { makeSeed } from '../../src/judge/seed.ts';
import { loadRecord, recordFiles, summaries } from '../../src/records/store.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { nfoldProcess as nfold, start } from '../support/command.ts';
import { addSmallOp, knowCeilings } from '../support/prepared.ts';

/** As many as a CI run can wait for; `NFOLD_KILLS=50 npm run test:slow` has the fifty that docs/reliability.md speaks of. */
const kills = Number(process.env.NFOLD_KILLS ?? 6);
const lanes = 3;
const timeout = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'nfold-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const surroundings = { cwd: folder, env: { TMPDIR: join(folder, 'tmp') } };
mkdirSync(surroundings.env.TMPDIR);
knowCeilings(folder);
addSmallOp(folder);

/** Whole once, for its span; then killed over and over within it. `check` finds what is wrong, if anything is. */
async function lane(args: readonly string[], check: (moments: string) => void): Promise<void> {
  const { seed } = makeSeed(undefined);
  const random = makeRng(seed);
  const begun = performance.now();
  expect(await nfold(args, surroundings)).toMatchObject({ code: 0 });
  const span = performance.now() - begun;
  const moments: number[] = [];
  for (let i = 0; i < kills / lanes; i++) {
    const { child, outcome } = start(args, surroundings);
    moments.push(Math.round(random.unit() * span));
    await pause(moments[i]);
    child.kill('SIGKILL');
    await outcome;
    check(`killed after ${moments.join(', ')} ms of ${span.toFixed(0)}`);
  }
}

/** Several at a time in one folder, so that each also finds what another one has just left. */
async function killed(...run: Parameters<typeof lane>): Promise<void> {
  // The first run of all builds, which is no measure of the next ones.
  expect(await nfold(run[0], surroundings)).toMatchObject({ code: 0 });
  await Promise.all(Array.from({ length: lanes }, () => lane(...run)));
  // What they left half-written goes with the next one that is not killed.
  expect(await nfold(run[0], surroundings)).toMatchObject({ code: 0 });
}

const halves = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('.'));

test(
  'a bench',
  async () => {
    const records = join(folder, '.nfold/records');
    await killed(['bench', 'scale', '--quick', '--no-peers', '--threads', '1'], (moments) => {
      expect(summaries(records).damaged, moments).toEqual([]);
      for (const file of recordFiles(records)) expect(() => loadRecord(file), moments).not.toThrow();
    });
    expect(recordFiles(records).length).toBeGreaterThan(1);
    expect(halves(records)).toEqual([]);
    const history = await nfold(['history', 'scale/unrolled-ts'], surroundings);
    expect(history).toMatchObject({ code: 0, stderr: '' });
  },
  timeout,
);

test(
  'a training that saves its state at every step',
  async () => {
    const op = await loadOp('train_gpt2');
    const file = join(folder, 'm.ckpt');
    const common = ['train_gpt2/baseline', '--sample', '0', '--eval-every', '1', '--save', 'm.ckpt'];
    await killed(['train', ...common, '--case', 'B4T32L2C64NH4V256', '--steps', '5'], (moments) => {
      expect(existsSync(file), moments).toBe(true);
      expect(() => readCheckpoint(file, op), moments).not.toThrow();
    });
    expect(halves(folder)).toEqual(['.nfold']);
    const rest = await nfold(['train', ...common, '--resume', 'm.ckpt', '--steps', '6', '--json'], surroundings);
    expect(JSON.parse(rest.stdout)).toMatchObject({ resumedAt: 5, steps: 1 });
  },
  timeout,
);
