/** The first sentences of a report: each says what its condition is, and no more. */
import { describe, expect, test } from 'vitest';
import { type Draft, Record } from '../src/records/schema.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { draft, type Made } from './support/draft.ts';

const base = draft();

/** The paragraph of the first suite. */
const answerOf = (made: Made) => reportRecord(Record.parse({ ...draft(made), id: 'x' })).split('\n')[0];
const changed = (overrides: Partial<Draft>) => answerOf({ overrides });
const noMean = { arithmetic: null, geometric: null, harmonic: null, least: null, greatest: null, cases: 0 };
const peakOf = (bounds: readonly ('compute' | 'memory')[], shares: readonly number[]) =>
  base.results.map((result, i) => ({
    ...result,
    percentOfPeak: shares[i],
    peak: { bound: bounds[i], name: 'FMA', value: 100, unit: 'Gflop/s' as const },
  }));
const meanOf = (given: Partial<Draft['means'][number]>) => base.means.map((mean) => ({ ...mean, ...given }));
const failed = { ...base.candidates[0], candidate: 'sgemm/bad-ts', verdict: 'fail' as const, message: 'is wrong' };

describe('the speedup, and whether it is sure', () => {
  test.each<[string, string | RegExp]>([
    [answerOf({}), /^sgemm: mine-ts is 3\.00x \[2\.95, 3\.06\] as fast as the baseline, in the mean over 2 cases\. /],
    [answerOf({}), 'It is sure to be faster: the whole 95 % interval lies above 1x, over 3 rounds. '],
    [answerOf({ speedups: [[2, 2.02, 1.98]] }), 'as fast as the baseline, at its one case, M64N64K64. '],
    [
      answerOf({ speedups: [[0.5, 0.51, 0.5]] }),
      'no candidate is faster than the baseline: the best, mine-ts, is 0.50x [',
    ],
    [answerOf({ speedups: [[0.5, 0.51, 0.5]] }), 'It is sure to be slower: the whole 95 % interval lies below 1x'],
    [
      answerOf({ speedups: [[2], [4]] }),
      'mine-ts is 3.00x as fast as the baseline, in the mean over 2 cases. It is not sure: one round gives no interval. ',
    ],
    [
      answerOf({ speedups: [[0.5, 2, 1]] }),
      'It is not sure to be faster or slower: the 95 % interval holds 1x, over 3 rounds. ',
    ],
    [
      changed({ means: meanOf({ comparison: 'inconclusive' }) }),
      'It is not sure to be faster or slower: the 95 % interval is no further from 1x than the noise, over 3 rounds. ',
    ],
    [
      changed({ means: meanOf({ comparison: 'same' }) }),
      'It is the same as the baseline, as far as can be told over 3 rounds. ',
    ],
    [changed({ warnings: [{ kind: 'virtual' }] }), 'above 1x, over 3 rounds, with 1 warning. '],
    [
      changed({ means: meanOf({ ...noMean, withheld: 'disturbed at M64N64K64: why' }) }),
      /^sgemm: no mean speedup: disturbed at M64N64K64: why\.$/,
    ],
    [
      changed({
        means: meanOf({ ...noMean, withheld: null }),
        candidates: [{ ...failed, candidate: 'sgemm/mine-ts' }],
      }),
      /^sgemm: no mean speedup: no candidate passed, as the end says\.$/,
    ],
    [
      changed({
        candidates: [...base.candidates, failed],
        means: [...base.means, { ...base.means[0], ...noMean, candidate: 'sgemm/bad-ts' }],
      }),
      / 1 of 2 candidates did not pass: see the end\.$/,
    ],
  ])('%s', (text, said) => {
    if (typeof said === 'string') expect(text).toContain(said);
    else expect(text).toMatch(said);
  });
});

describe('what limits it', () => {
  test.each<[string, string]>([
    [answerOf({}), "What limits it is not known, as no peak was measured: 'nfold peak' measures it."],
    [
      changed({ results: peakOf(['compute', 'compute'], [30, 60]) }),
      'By the roofline, arithmetic bounds both cases; they run at 30.0 to 60.0 % of the peak, and M64N64K64 is furthest from it.',
    ],
    [
      changed({ results: peakOf(['memory', 'memory'], [60, 30]) }),
      'memory bounds both cases; they run at 30.0 to 60.0 % of the peak, and M128N128K128 is furthest',
    ],
    [changed({ results: peakOf(['compute', 'memory'], [60, 30]) }), 'arithmetic bounds 1 of 2 cases; '],
    [
      changed({
        results: peakOf(['compute', 'compute'], [30, 60]).map((result, i) =>
          i ? { ...result, percentOfPeak: null } : result,
        ),
      }),
      'arithmetic bounds M64N64K64, the only case that has a speedup of its own, and it runs at 30.0 % of the peak.',
    ],
    [
      changed({ results: peakOf(['compute', 'compute'], [30, 130]) }),
      '% of the peak, which is more than it allows: see the end.',
    ],
    [
      changed({ results: peakOf(['memory', 'memory'], [40, 50]).slice(0, 1) }),
      'By the roofline, memory bounds it, and it runs at 40.0 % of the peak.',
    ],
  ])('%s', (text, said) => {
    expect(text).toContain(said);
  });
});

describe('a suite of several ops', () => {
  const ops = ['sgemm', 'gelu_forward'];
  const means = [...base.means, { ...base.means[0], op: 'gelu_forward', candidate: 'gelu_forward/mine-ts' }];
  const candidates = means.map(({ op, candidate }) => ({ ...base.candidates[0], op, candidate }));
  const suites = [{ name: 'sgemm', ops, showsEssayResults: false }];
  const overall = { suite: 'sgemm', candidates: candidates.map((one) => one.candidate), ...noMean, withheld: null };
  const arithmetic = { value: 5, low: 4, high: 6 };
  test.each<[string, Draft['overall'], RegExp]>([
    [
      'with a mean',
      [{ ...overall, cases: 4, arithmetic }],
      /^sgemm: 5\.00x \[4\.00, 6\.00\] as fast as the baselines, in the mean over the 4 cases of 2 ops, each with its best candidate\. It is sure/,
    ],
    [
      'without one',
      [{ ...overall, withheld: 'no mean for adamw' }],
      /^sgemm: no mean over all its ops, since there is no mean for adamw\. The best of 2 ops have means of 3\.00x to 3\.00x, and 2 of them are surely faster than the baseline\. /,
    ],
    ['of version 1', [], /^sgemm: no mean over all its ops\. The best of 2 ops/],
  ])('%s', (_, overall, said) => {
    expect(changed({ means, candidates, suites, overall })).toMatch(said);
  });
});
