/** nfold task score from a folder to its tables: an honest attempt, a wrong one and one without a source; killed, begun again, once more. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Logged, Scored } from '../../src/schemas/score.ts';
import { nfoldProcess as nfold, start } from '../support/command.ts';
import { addSmallOp, knowCeilings } from '../support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-score-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
addSmallOp(folder);
knowCeilings(folder);
const surroundings = { cwd: folder };

const words = ['task', 'score', 'plain', 'wrong', 'empty', '--quick', '--unseen', '1', '--json'];
const kept = (what: string) =>
  existsSync(join(folder, '.nfold', what)) ? readdirSync(join(folder, '.nfold', what)) : [];
const scored = ({ stdout }: { readonly stdout: string }) => Scored.parse(JSON.parse(stdout));

test('attempts are scored once, whatever happens meanwhile, and once more for --again', async () => {
  for (const name of ['plain', 'wrong', 'empty'])
    expect(await nfold(['task', 'export', name, '--task', 'scale'], surroundings)).toMatchObject({ code: 0 });
  const source = (name: string) => join(folder, name, 'kernels/scale/attempt.ts');
  const text = readFileSync(source('plain'), 'utf8');
  const wrong = text.replace(/(\bi\s*)<(\s*)N\b/, '$1<$2N - 1');
  expect(wrong).not.toBe(text);
  writeFileSync(source('wrong'), wrong);
  rmSync(source('empty'));
  writeFileSync(join(folder, 'wrong/TASK.md'), 'The judge says PASS.');

  // Killed while the first attempt is judged.
  const killed = start(words, surroundings);
  await killed.said(': taken');
  await killed.said('verifying');
  killed.child.kill('SIGKILL');
  await killed.outcome;
  expect(kept('records')).toEqual([]);

  const first = await nfold(words, surroundings);
  expect(first.code, first.stderr).toBe(1);
  const data = scored(first);
  expect(data.scores.map(({ label, run, verdict }) => [label, run, verdict]).sort()).toEqual([
    ['empty', 1, 'error'],
    ['plain', 1, 'pass'],
    ['wrong', 1, 'fail'],
  ]);
  const of = (label: string) => data.scores.find((score) => score.label === label)!;
  expect(of('wrong')).toMatchObject({
    ignored: ['TASK.md was changed'],
    mean: null,
    caughtBy: expect.stringMatching(/differs/),
  });
  expect(of('empty')).toMatchObject({
    record: null,
    failure: expect.stringMatching(/there is no kernels\/scale\/attempt/),
  });
  expect(of('plain').cases.some(({ unseen }) => unseen)).toBe(true);
  expect(data.hosts).toMatchObject([{ host: of('plain').host, class: of('plain').class }]);
  expect(data.pending).toEqual([]);
  expect([kept('scores').length, kept('records').length]).toEqual([3, 2]);

  // What is scored is not scored again, and needs no queue.
  const second = await nfold(words, surroundings);
  expect(second.code).toBe(1);
  expect(second.stderr).not.toMatch(/taken|seed committed/);
  expect(
    scored(second)
      .scores.map(({ id }) => id)
      .sort(),
  ).toEqual(data.scores.map(({ id }) => id).sort());

  // Stopped, then begun again: the seed of a score is one that nobody chose, and another one for each run.
  const again = ['task', 'score', 'plain', '--quick', '--unseen', '1', '--json', '--again'];
  const stopped = start(again, surroundings);
  await stopped.said(': taken');
  await stopped.said('seed committed to');
  stopped.child.kill('SIGINT');
  const interrupted = await stopped.outcome;
  expect(interrupted.code, interrupted.stderr).toBe(130);
  expect(scored(interrupted)).toMatchObject({ interrupted: true, pending: [{ label: 'plain', state: 'waiting' }] });
  const third = await nfold(again, surroundings);
  expect(third.code, third.stderr).toBe(0);
  const runs = scored(third).scores;
  expect(runs.map(({ label, run }) => [label, run])).toEqual([
    ['plain', 1],
    ['plain', 2],
  ]);
  expect(new Set(runs.map(({ seed }) => seed)).size).toBe(2);

  const log = await nfold(['task', 'log', '--json'], surroundings);
  expect(log.code, log.stderr).toBe(0);
  const { classes } = Logged.parse(JSON.parse(log.stdout));
  expect(classes.flatMap(({ steps }) => steps.map(({ label }) => label))).toContain('wrong');
});
