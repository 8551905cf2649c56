/** `nfold task log`: the staircase of the best so far, plateaus, ideas; of no score, one, many, damaged and strange ones. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Score } from '../src/records/score.ts';
import { inWindow, onScreen, printable } from '../src/report/screen.ts';
import { Logged } from '../src/schemas/score.ts';
import { loggedOf, reportLog } from '../src/task/log.ts';
import { staircaseOf } from '../src/task/staircase.ts';
import { nfold } from './support/command.ts';
import { change, escapes, raw, withValue } from './support/hostile.ts';
import { around, score } from './support/scores.ts';

const stairs = (scores: readonly Score[]) => staircaseOf('class', scores);
const came = (scores: readonly Score[]) => stairs(scores).steps.map(({ label, outcome }) => `${label} ${outcome}`);

describe('the staircase', () => {
  test('has a new best only beyond the noise of both', () => {
    const scores = [
      score('a', 2),
      score('b', 2.03),
      score('c', 2.2),
      score('d', null),
      score('e', 2),
      score('f', 4, { mean: null }),
    ];
    expect(came(scores)).toEqual(['a first', 'b level', 'c new best', 'd failed', 'e below', 'f no mean']);
    expect(came(scores.toReversed())).toEqual(came(scores));
    // ln(2.2 / 2) and a half-width of sqrt(2) ln(1.02)
    const { gain } = stairs(scores).steps[2];
    expect([gain?.value, gain?.low]).toEqual([
      expect.closeTo(1.1),
      expect.closeTo(1.1 / Math.exp(Math.SQRT2 * Math.log(1.02))),
    ]);
  });

  test('takes the noise floors into account: 10 % are no new best where one variant differs from itself by 9 %', () => {
    expect(came([score('a', 2), score('b', 2.2, { noiseFloor: 0.09 })])).toEqual(['a first', 'b level']);
    // Unknown floors leave the precision of the effort, 5 % of a quick run.
    const unknown = { noiseFloor: null };
    expect(came([score('a', 2, unknown), score('b', 2.1, unknown), score('c', 2.2, unknown)])).toEqual([
      'a first',
      'b level',
      'c new best',
    ]);
    const oneRound = { mean: { value: 9, low: null, high: null } };
    expect(came([score('a', 2), score('b', 9, oneRound)])).toEqual(['a first', 'b level']);
  });

  test('small gains are a new best once they are one together', () => {
    expect(came([2, 2.03, 2.06, 2.09, 2.12].map((mean, i) => score(`${i}`, mean)))).toEqual([
      '0 first',
      '1 level',
      '2 level',
      '3 new best',
      '4 level',
    ]);
  });

  test('an attempt stands where it was first scored, with its newest run that counts', () => {
    const again = { run: 2 };
    const scores = [score('a', 2), score('b', 3), score('a', 2.5, again), score('b', 9, { run: 3, held: 'drift' })];
    expect(stairs(scores).steps).toMatchObject([
      { label: 'a', createdAt: scores[0].createdAt, mean: around(2.5), outcome: 'first' },
      { label: 'b', createdAt: scores[1].createdAt, mean: around(3), outcome: 'new best' },
    ]);
  });

  test('plateaus are runs of two and more without a new best', () => {
    const scores = [
      score('a', null),
      score('b', null),
      score('c', 2),
      score('d', 2),
      score('e', 3),
      score('f', 1),
      score('g', null),
      score('h', 3),
    ];
    const at = (i: number) => scores[i].createdAt;
    expect(stairs(scores).plateaus).toEqual([
      { after: null, attempts: 2, from: at(0), to: at(1) },
      { after: 'e', attempts: 3, from: at(5), to: at(7) },
    ]);
    expect(stairs([score('a', 2)]).plateaus).toEqual([]);
  });

  test('ideas have what came of them', () => {
    const [tiles, threads] = [{ about: ['tiles'] }, { about: ['tiles', 'threads'] }];
    const scores = [
      score('a', 2, tiles),
      score('b', null, tiles),
      score('c', 4, threads),
      score('d', null, { about: ['nothing'] }),
    ];
    expect(stairs(scores).ideas).toEqual([
      { about: 'tiles', attempts: 3, failed: 1, bests: 2, best: 4 },
      { about: 'threads', attempts: 1, failed: 0, bests: 1, best: 4 },
      { about: 'nothing', attempts: 1, failed: 1, bests: 0, best: null },
    ]);
  });

  test('is one a class, of one protocol', () => {
    const scores = [
      score('a', 2),
      score('a', 3, { class: 'other' }),
      score('old', 9, { protocol: 0 }),
      score('held', 9, { held: 'drift' }),
    ];
    const data = loggedOf(scores.toReversed());
    expect(data.classes.map(({ class: name, steps }) => [name, steps.map(({ label }) => label)])).toEqual([
      ['other', ['a']],
      [scores[0].class, ['a']],
    ]);
    expect(data).toMatchObject({ protocol: 1, leftOut: 2 });
    expect(Logged.parse(data)).toEqual(data);
  });
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-task-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => {
  mkdirSync(join(folder, '.nfold/scores'), { recursive: true });
  writeFileSync(join(folder, '.nfold/scores', name), text);
};
const keep = (...scores: readonly Score[]) => {
  for (const one of scores)
    put(
      `${one.createdAt
        .replace(/^(.{10})T(..):(..):(..).*/, '$1-$2$3$4')
        .replaceAll('-', '')
        .replace(/^(\d{8})/, '$1-')}-0000.json`,
      JSON.stringify(one),
    );
};
const log = (...args: readonly string[]) => nfold(['task', 'log', ...args], { cwd: folder });

describe('nfold task log', () => {
  test('without a score ends with 3 and says what makes one', async () => {
    expect(await log()).toEqual({
      code: 3,
      stdout: '',
      stderr: "nfold: There is no score here yet: 'nfold task score FOLDER' makes one.\n",
    });
    keep(score('a', 2));
    expect(await log('--task', 'adamw')).toMatchObject({
      code: 3,
      stderr: "nfold: There is no score of the task 'adamw' here, but of sgemm.\n",
    });
    const { stdout } = await log('--task', 'adamw', '--json');
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'nothing-to-run' });
  });

  test('of one score, and of one that does not count', async () => {
    keep(score('only', 2));
    const { code, stdout } = await log();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sgemm on \S+ {3}1 attempt, 0 failed; the best is 2\.00x by\s+only\nwhen/);
    rmSync(join(folder, '.nfold/scores'), { recursive: true });
    keep(score('held', 2, { held: 'drift' }));
    expect((await log()).stdout).toMatch(/^No score of sgemm counts\.\n\n1 score of sgemm is left out/);
  });

  test('of many shows the stairs, the plateau, the ideas and what failed, and names other tasks', async () => {
    keep(score('other', 3, { task: 'adamw' }));
    const wrong = { caughtBy: 'differs at M5N7K0 on normal inputs' };
    keep(score('first-one', 2), score('better', 4), score('wrong', null, wrong), score('worse', 3));
    const { code, stdout, stderr } = await log();
    expect([code, stderr]).toEqual([0, '']);
    const flat = stdout.replace(/\s+/g, ' ');
    expect(flat).toContain('4 attempts, 1 failed; the best is 4.00x by better');
    expect(stdout).toMatch(/^ +4\.00x ┤ +╭─+$/m);
    expect(stdout).toMatch(/^ +2\.00x ┼─+╯$/m);
    expect(stdout).toMatch(/better +new best +4\.00x +2\.00x/);
    expect(flat).toMatch(/wrong failed - - caught by differs at M5N7K0/);
    expect(flat).toContain('Plateau: 2 attempts without a new best after better, in 60 min');
    expect(flat).toContain('There are scores of other tasks here: adamw (--task adamw).');
    const data = Logged.parse(JSON.parse((await log('--json')).stdout));
    expect(data).toMatchObject({ task: 'sgemm', others: ['adamw'], classes: [{ steps: [{}, {}, {}, {}] }] });
    expect((await log('--task', 'adamw')).stdout).toMatch(/^adamw on /);
  });

  test('passes damaged files over, with a sentence each', async () => {
    keep(score('fine', 2));
    put('20260101-000000-0000.json', '{"schema":');
    put('20260101-000001-0000.json', JSON.stringify({ ...score('b', 3), schema: 'nfold/score@9' }));
    const { code, stdout, stderr } = await log();
    expect([code, stdout.includes('1 attempt,')]).toEqual([0, true]);
    expect(stderr.match(/^! \.nfold\/scores\/\S+ is not a score.*It is passed over\.$/gm)).toHaveLength(2);
    rmSync(join(folder, '.nfold/scores'), { recursive: true });
    put('20260101-000000-0000.json', '');
    expect(await log()).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/it is empty.*\nnfold: There is no score here yet/),
    });
  });

  test('takes a file from anywhere: any value at any place, in printable words', async () => {
    const whole = JSON.parse(JSON.stringify(score('a', 2)));
    keep(score('fine', 2));
    const strange = fc.asyncProperty(change(whole), async ({ path, put: value }) => {
      put('20990101-000000-0000.json', JSON.stringify(withValue(whole, path, value)));
      const { code, stdout, stderr } = await log();
      expect([0, 3]).toContain(code);
      expect(stdout + stderr).not.toMatch(raw);
      expect(stderr).not.toMatch(/unexpected/);
    });
    await fc.assert(strange, { numRuns: 60 });
    const marked = JSON.stringify(whole, (key, value) =>
      typeof value === 'string' && !/schema|createdAt|effort|verdict|comparison/.test(key) ? value + escapes : value,
    );
    put('20990101-000000-0000.json', marked);
    const { code, stdout, stderr } = await log();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(raw);
  });
});

describe.each([60, 80, 120])('in %i columns', (columns) => {
  test.each([1, 3, 40, 200])('no line of %i attempts is wider', (count) => {
    const scores = Array.from({ length: count }, (_, i) =>
      score(`attempt-number-${i}`, i % 7 === 6 ? null : 2 + i / 4),
    );
    const drawn = (wide: boolean) =>
      onScreen({ columns, colours: true }, () =>
        printable(inWindow(wide, () => reportLog(loggedOf(scores.toReversed())))),
      );
    const lines = stripVTControlCharacters(drawn(false)).split('\n');
    expect(lines.filter((line) => [...line].length > columns && line.trim().includes(' '))).toEqual([]);
    expect(drawn(true)).not.toContain('Hidden');
  });
});
