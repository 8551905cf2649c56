/** What a score takes from the record of an attempt, and scores put together; every number by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inWorkspace, workspaceAt } from '../src/files/places.ts';
import type { Draft } from '../src/records/schema.ts';
import { keepScore, loadScores, Score } from '../src/records/score.ts';
import { Scored } from '../src/schemas/score.ts';
import { faulty, scoreOf } from '../src/task/scoreOf.ts';
import { countingOf, overAttempts, rungOf, scoredOf, summariesOf } from '../src/task/summary.ts';
import { draft } from './support/draft.ts';
import { around, facts, failing, score } from './support/scores.ts';

const caseOf = (one: ReturnType<typeof scoreOf>, name: string) => one.cases.find((found) => found.case === name);

describe('the score of a record', () => {
  test('has the means of its cases, and the weight of each', () => {
    const record = draft();
    const results = record.results.map((one, i) => ({ ...one, percentOfPeak: [10, 40][i] }));
    const found = scoreOf({ ...record, results }, facts);
    expect(found).toMatchObject({
      ...{
        verdict: 'pass',
        caughtBy: null,
        failure: null,
        replay: null,
        withheld: null,
        suite: 'sgemm',
        record: facts.record,
      },
      ...{ mean: record.means[0].arithmetic, shareOfPeak: 25, comparison: 'faster', effort: 'quick', seed: 1 },
    });
    expect(found.mean?.value).toBeCloseTo(3, 3);
    expect(found.geometric).toBeCloseTo(Math.sqrt(8), 3);
    expect(found.harmonic).toBeCloseTo(8 / 3, 3);
    expect([found.least, found.greatest]).toEqual([expect.closeTo(2, 3), expect.closeTo(4, 3)]);
    expect(found.cases.map(({ weight }) => weight)).toEqual([expect.closeTo(1 / 3, 3), expect.closeTo(2 / 3, 3)]);
    expect(Score.parse({ schema: 'nfold/score@1', id: 'x', ...found })).toEqual({
      schema: 'nfold/score@1',
      id: 'x',
      ...found,
    });
  });

  test('over several ops is the mean over all cases of all of them, and so are the weights', () => {
    const base = draft();
    const second = (row: object) => ({ ...row, op: 'adamw', candidate: 'adamw/attempt' });
    const ten = { arithmetic: around(10), geometric: 10, harmonic: 10, least: 10, greatest: 10 };
    const overall = { suite: 'both', candidates: [], cases: 3, ...ten, arithmetic: around(16 / 3), withheld: null };
    const record: Draft = {
      ...base,
      suites: [{ name: 'both', ops: ['sgemm', 'adamw'], showsEssayResults: false }],
      candidates: [...base.candidates, { ...base.candidates[0], ...second({ about: 'another' }), op: 'adamw' }],
      results: [...base.results, { ...base.results[0], ...second({}), case: 'N100', speedup: around(10), op: 'adamw' }],
      means: [
        { ...base.means[0], arithmetic: around(3), weights: { M64N64K64: 1 / 3, M128N128K128: 2 / 3 } },
        { ...base.means[0], ...second({}), ...ten, cases: 1, weights: { N100: 1 }, op: 'adamw' },
      ],
      overall: [overall],
    };
    const both = { ...facts, task: 'both', ops: ['sgemm', 'adamw'] };
    const found = scoreOf(record, both);
    expect(found).toMatchObject({ suite: 'both', mean: around(16 / 3), about: [expect.any(String), 'another'] });
    expect(found.cases.map(({ weight }) => weight)).toEqual(
      [2 / 16, 4 / 16, 10 / 16].map((one) => expect.closeTo(one)),
    );
    // Without one of the ops there is no mean, and the score says which op it was.
    const broken = record.candidates.map((row) =>
      row.op === 'adamw' ? { ...row, verdict: 'fail' as const, message: 'adamw is wrong' } : row,
    );
    const without = scoreOf({ ...record, candidates: broken }, both);
    expect(without).toMatchObject({
      verdict: 'fail',
      failure: 'adamw is wrong',
      mean: null,
      geometric: null,
      shareOfPeak: null,
    });
    expect(without.cases.every(({ weight }) => weight === null)).toBe(true);
  });

  test('keeps the weight of a case whose speedup does not stand alone', () => {
    const record = draft();
    const [first, second] = record.results;
    const results = [{ ...first, speedup: null, disturbed: 'its rounds differ' }, second];
    const means = record.means.map((mean) => ({ ...mean, weights: { M64N64K64: 1 / 3, M128N128K128: 2 / 3 } }));
    const found = scoreOf({ ...record, results, means }, facts);
    expect(caseOf(found, 'M64N64K64')).toMatchObject({
      speedup: null,
      disturbed: 'its rounds differ',
      weight: expect.closeTo(1 / 3),
    });
  });

  test('has unseen shapes last, in no mean and with no weight', () => {
    const record = draft();
    const results = [{ ...record.results[0], case: 'M60N60K60', unseen: true }, ...record.results];
    const shapes = [{ case: 'M60N60K60', near: 'M64N64K64', flop: 0.8 }];
    const unseen = [
      {
        ...{
          candidate: 'sgemm/mine-ts',
          peer: false,
          op: 'sgemm',
          shapes,
          cases: 1,
          known: around(2),
          unseen: around(1),
        },
        ...{ gap: around(0.5), comparison: 'slower' as const, pace: 0.5, specialCased: true },
      },
    ];
    const found = scoreOf({ ...record, results, unseen }, facts);
    expect(found.cases.map((one) => [one.case, one.unseen])).toEqual([
      ['M64N64K64', false],
      ['M128N128K128', false],
      ['M60N60K60', true],
    ]);
    expect(found.cases[2].weight).toBeNull();
    expect(found.mean?.value).toBeCloseTo(3, 3);
    expect(found).toMatchObject({ specialCased: true, unseen: [{ gap: around(0.5) }] });
  });

  test('says what caught a cheat, and how to repeat that', () => {
    const finding = {
      reason: 'differs',
      where: 'C[0,4]',
      case: 'M5N7K0',
      distribution: 'normal',
      seed: 7,
      got: 1,
      want: 2,
      error: 1,
      bound: 0,
      elements: null,
    };
    const record = failing({ verdict: 'fail', message: 'C[0,4] is 1, should be 2', finding });
    expect(scoreOf(record, facts)).toMatchObject({
      verdict: 'fail',
      caughtBy: 'differs at M5N7K0 on normal inputs',
      failure: 'C[0,4] is 1, should be 2',
      replay: null,
      mean: null,
      comparison: null,
      withheld: 'fail: C[0,4] is 1, should be 2',
    });
    const { replay } = scoreOf(record, { ...facts, folder: 'tries/a b' });
    expect(replay).toMatch(/ task check 'tries\/a b' --task sgemm --seed 1 --quick$/);
  });

  test.each([
    ['build', 'a candidate does not build'],
    ['ended', 'a candidate took too long or too much memory, or its process died'],
  ] as const)('names the kind of an error: %s', (code, words) => {
    const error = { code, message: 'm', file: null, line: null, column: null, hint: null };
    expect(scoreOf(failing({ verdict: 'error', message: 'm', error }), facts)).toMatchObject({
      verdict: 'error',
      caughtBy: words,
    });
  });

  test('puts what counts against it before what this machine lacks, and names the other ops', () => {
    const row = draft().candidates[0];
    const candidates = [
      { ...row, verdict: 'unsupported' as const, message: 'no FMA here' },
      { ...row, op: 'adamw', candidate: 'adamw/x', verdict: 'impossible' as const, message: 'too fast' },
    ];
    const found = scoreOf({ ...draft(), candidates }, { ...facts, ops: ['sgemm', 'adamw', 'gelu_forward'] });
    expect(found).toMatchObject({
      verdict: 'impossible',
      failure: 'too fast; sgemm, gelu_forward did not pass either',
    });
  });

  test('of a folder that cannot be judged is an error with its sentence', () => {
    const { createdAt, machine, runtime } = draft();
    const found = faulty(
      'There is no source of sgemm.',
      { createdAt, machine, runtime, effort: 'quick', seed: null },
      { ...facts, host: null, class: null },
    );
    const parsed = Score.parse({ schema: 'nfold/score@1', id: 'x', ...found });
    expect(parsed).toMatchObject({ verdict: 'error', failure: 'There is no source of sgemm.', mean: null, seed: null });
    expect(summariesOf([parsed])).toMatchObject([{ n: 1, failed: 1, dropped: null, asOne: { mean: 1 } }]);
    // It failed on whatever class the others were judged.
    const others = [score('a', 3), score('a', 3, { class: 'arm' })];
    expect(summariesOf([...others, parsed]).map((one) => [one.class, one.n, one.asOne?.mean])).toEqual([
      [facts.class, 2, 2],
      ['arm', 2, 2],
    ]);
  });

  test('is kept, and loaded the newest first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nfold-scores-'));
    inWorkspace(workspaceAt(folder), () => {
      const kept = ['a', 'b'].map((label) => keepScore(scoreOf(draft(), { ...facts, label }), expect.unreachable));
      expect([...loadScores(expect.unreachable)]).toEqual(kept.toReversed());
    });
    rmSync(folder, { recursive: true });
  });
});

describe('attempts together', () => {
  test('have a mean and its standard error twice: without failures, and with each as 1', () => {
    const [found] = summariesOf([score('a', 2), score('b', 4), score('c', 6), score('d', null)]);
    expect(found).toMatchObject({ n: 4, passed: 3, failed: 1, withoutMean: 0, best: { label: 'c', of: 4 } });
    // t(2) = 4.303, t(3) = 3.182
    expect(found.dropped).toMatchObject({
      n: 3,
      mean: 4,
      standardError: expect.closeTo(2 / Math.sqrt(3)),
      low: 0,
      high: expect.closeTo(4 + 4.303 * 1.1547, 3),
    });
    expect(found.asOne).toMatchObject({
      n: 4,
      mean: 3.25,
      standardError: expect.closeTo(Math.sqrt(14.75 / 3 / 4)),
      high: expect.closeTo(3.25 + 3.182 * 1.10868, 3),
    });
    expect(found.attempts.map(({ label }) => label)).toEqual(['c', 'b', 'a', 'd']);
  });

  test('that are one have no standard error, and none have no mean', () => {
    const [one] = summariesOf([score('a', 20)]);
    expect(one.dropped).toEqual({ n: 1, mean: 20, standardError: null, low: null, high: null, rung: null });
    expect(summariesOf([score('a', null)])[0]).toMatchObject({ dropped: null, asOne: { n: 1, mean: 1 }, best: null });
    expect([overAttempts([], 'sgemm'), summariesOf([])]).toEqual([null, []]);
  });

  test('without a mean are in neither, and are counted', () => {
    const withheld = score('b', 4, { mean: null, withheld: 'disturbed' });
    const [found] = summariesOf([score('a', 2), withheld]);
    expect(found).toMatchObject({ n: 2, passed: 2, withoutMean: 1, dropped: { n: 1 }, asOne: { n: 1 } });
  });

  test('have a rank under each mean; equal ones share the better', () => {
    const [found] = summariesOf([
      score('a', 10, { geometric: 5, harmonic: 3 }),
      score('b', 8, { geometric: 7, harmonic: 3 }),
      score('c', 6, { geometric: 6, harmonic: 4 }),
      score('d', null),
    ]);
    expect(found.attempts.map(({ label, ranks }) => [label, ranks && Object.values(ranks)])).toEqual([
      ['a', [1, 3, 2]],
      ['b', [2, 1, 2]],
      ['c', [3, 2, 1]],
      ['d', null],
    ]);
  });

  test('count once each, by the newest run that counts', () => {
    const runs = [
      score('a', 2, { run: 1 }),
      score('a', 3, { run: 2 }),
      score('a', 9, { run: 3, held: 'the host drifts' }),
      score('a', 9, { run: 4, interrupted: true }),
      score('b', 5, { verdict: 'unsupported', mean: null }),
    ];
    expect(countingOf(runs).map(({ label, run }) => [label, run])).toEqual([['a', 2]]);
    expect(countingOf(runs.toReversed()).map(({ run }) => run)).toEqual([2]);
    // The same name with other sources is another attempt.
    expect(summariesOf([...runs, score('a', 4, { artefact: 'other' })])[0]).toMatchObject({
      n: 2,
      dropped: { mean: 3.5 },
    });
  });

  test('of two classes stay apart, and a claim says where it holds', () => {
    const there = { class: 'arm-neon-4c-node26' };
    const scores = [score('a', 2), score('a', 1.01, { ...there, comparison: 'inconclusive' }), score('b', 3, there)];
    const data = scoredOf({ task: 'sgemm', scores, pending: [], hosts: [], interrupted: false });
    expect(data.classes.map((one) => [one.class, one.n, one.dropped?.mean])).toEqual([
      [facts.class, 1, 2],
      [there.class, 2, expect.closeTo(2.005)],
    ]);
    expect(data.claims).toEqual([
      { label: 'a', artefact: 'a-hash', fasterOn: [facts.class], notOn: [there.class] },
      { label: 'b', artefact: 'b-hash', fasterOn: [there.class], notOn: [] },
    ]);
    expect(Scored.parse(JSON.parse(JSON.stringify(data)))).toEqual(data);
  });

  test.each([
    ['train_gpt2', 2.89, undefined],
    ['train_gpt2', 2.9, 2.9],
    ['train_gpt2', 16.49, 4],
    ['train_gpt2', 16.5, 16.5],
    ['train_gpt2', 1000, 52],
    ['train_gpt2', null, undefined],
    ['sgemm', 100, undefined],
  ])('of %s with a lower edge of %s reach the rung %s', (suite, low, rung) => {
    expect(rungOf(low, suite)?.multiple).toBe(rung);
  });

  test('reach a rung by the lower edge, each and in the mean', () => {
    const gpt = { suite: 'train_gpt2', task: 'train_gpt2' };
    const [found] = summariesOf([
      score('a', 16.6, gpt),
      score('b', 30.7, gpt),
      score('c', 16.9, { ...gpt, mean: around(16.9, 0.001) }),
    ]);
    expect(found.attempts.map(({ label, rung }) => [label, rung?.multiple])).toEqual([
      ['b', 30],
      ['c', 16.5],
      ['a', 4],
    ]);
    // 21.4 - 4.303 * 4.64 = 1.4
    expect(found.dropped?.low).toBeCloseTo(1.4, 0);
    expect(found.dropped?.rung).toEqual(null);
  });
});
