/** What a reader asks of a suite, in three sentences: what is the speedup, is it sure, what limits it; a fourth, if a candidate did not pass. */
import { counted } from '../contract/words.ts';
import type { Record, Result } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import { byMean } from '../stats/means.ts';
import type { ComparisonVerdict } from '../stats/verdict.ts';
import { type MeanRow, meanMark } from './columns.ts';
import { digits, multiple, speedupText } from './format.ts';
import { pc } from './screen.ts';
import { verdictOf } from './track.ts';

/** The candidates with the best mean of each op, the best of all first. */
function bestOfOps(rows: readonly MeanRow[]): MeanRow[] {
  const known = rows.filter(({ mean }) => !mean.peer && mean.arithmetic).sort((a, b) => byMean(a.mean, b.mean));
  return [...Map.groupBy(known, ({ mean }) => mean.op).values()].map(([first]) => first);
}

/** Undefined if no candidate has a mean. */
export const bestOf = (rows: readonly MeanRow[]): MeanRow | undefined => bestOfOps(rows)[0];

/** Sentences without their full stops; `sure` and `limit` are empty where there is nothing to say. */
interface Answers {
  readonly found: string;
  readonly sure: string;
  readonly limit: string;
  readonly failed: string;
}

/** `rows`: the means of the suite. */
export function answers(record: Record, suite: string, rows: readonly MeanRow[]): Answers {
  const own = rows.filter(({ mean }) => !mean.peer);
  const best = bestOfOps(rows);
  const overall = record.overall.find((one) => one.suite === suite);
  const ops = new Set(best.map(({ mean }) => mean.op));
  const rounds = new Set(record.samples.flatMap(({ op, round }) => (ops.has(op) ? round : [])));
  const { length: warnings } = record.warnings;
  const over = `over ${counted(rounds.size, 'round')}${warnings > 0 ? `, with ${counted(warnings, 'warning')}` : ''}`;
  const bad = own.filter(({ candidate }) => candidate?.verdict !== 'pass').length;
  const failed = bad > 0 && bad < own.length ? `${bad} of ${counted(own.length, 'candidate')} did not pass` : '';
  if (best.length === 0) return { found: `no mean speedup: ${whyNone(own)}`, sure: '', limit: '', failed };
  const [what, sure = ''] = found(best, overall, over);
  return { found: what, sure, limit: limit(best), failed };
}

/** For a terminal, in a paragraph. */
export function answer(record: Record, suite: string, rows: readonly MeanRow[]): string {
  const { found, sure, limit, failed } = answers(record, suite, rows);
  const said = [found, sure, limit, failed && `${failed}: see the end`].filter(Boolean);
  const text = said.map((one) => one.replace(/\.?$/, '.')).join(' ');
  return `${pc.bold(suite)}: ${text.replace(/\d[\d.]*x( \[[^\]]*\])/, (speedup) => pc.bold(speedup))}`;
}

function whyNone(own: readonly MeanRow[]): string {
  if (own.length === 0) return 'it has no candidate';
  const passing = own.find(({ candidate }) => candidate?.verdict === 'pass');
  if (!passing) return 'no candidate passed, as the end says';
  return passing.mean.withheld ?? 'it was not timed';
}

/** The speedup, and whether it is sure: of the only op, of the mean over several, or of each of several that have no common mean. */
function found(best: readonly MeanRow[], overall: Record['overall'][number] | undefined, over: string): string[] {
  const [{ mean, results }] = best;
  if (overall?.arithmetic) {
    const cases = `${counted(overall.cases, 'case')} of ${counted(overall.candidates.length, 'op')}`;
    const verdict = verdictOf(overall.arithmetic);
    return [
      `${times(overall.arithmetic)} as fast as the baselines, in the mean over the ${cases}, each with its best candidate`,
      sure(overall.arithmetic, verdict, over),
    ];
  }
  if (best.length > 1 || overall) {
    const values = best.flatMap((row) => row.mean.arithmetic?.value ?? []);
    const faster = best.filter((row) => meanMark(row)?.verdict === 'faster').length;
    return [
      `no mean over all its ops${overall?.withheld ? `, since there is ${overall.withheld}` : ''}`,
      `The best of ${counted(best.length, 'op')} have means of ${multiple(Math.min(...values))} to ${multiple(Math.max(...values))}, and ${faster} of them are surely faster than the baseline`,
    ];
  }
  const { arithmetic } = mean;
  if (!arithmetic) return [];
  const verdict = verdictOf(arithmetic, mean.comparison);
  const name = mean.candidate.replace(`${mean.op}/`, '');
  const where =
    mean.cases === 1
      ? `at its one case${results.length === 1 ? `, ${results[0].case}` : ''}`
      : `in the mean over ${mean.cases} cases`;
  const what =
    verdict === 'slower'
      ? `no candidate is faster than the baseline: the best, ${name}, is ${times(arithmetic)} as fast`
      : `${name} is ${times(arithmetic)} as fast as the baseline`;
  return [`${what}, ${where}`, sure(arithmetic, verdict, over)];
}

const times = (speedup: Interval) => speedupText(speedup).trim();

function sure({ low, high }: Interval, verdict: ComparisonVerdict, over: string): string {
  if (low === null || high === null) return 'It is not sure: one round gives no interval';
  if (verdict === 'faster' || verdict === 'slower')
    return `It is sure to be ${verdict}: the whole 95 % interval lies ${verdict === 'faster' ? 'above' : 'below'} 1x, ${over}`;
  if (verdict === 'same') return `It is the same as the baseline, as far as can be told ${over}`;
  const why = low <= 1 && high >= 1 ? 'holds 1x' : 'is no further from 1x than the noise';
  return `It is not sure to be faster or slower: the 95 % interval ${why}, ${over}`;
}

/** Which side of the roofline bounds the cases, and how far off they are. */
function limit(best: readonly MeanRow[]): string {
  const all = best.flatMap((row) => row.results);
  const results = all.flatMap((result) => withPeak(result) ?? []);
  const [least] = results.toSorted((a, b) => a.share - b.share);
  if (!least) return "What limits it is not known, as no peak was measured: 'nfold peak' measures it";
  const compute = results.filter(({ bound }) => bound === 'compute').length;
  const [name, count] = compute * 2 >= results.length ? ['arithmetic', compute] : ['memory', results.length - compute];
  const only = all.length === 1 ? 'it' : `${least.name}, the only case that has a speedup of its own`;
  if (results.length === 1)
    return `By the roofline, ${name} bounds ${only}, and it runs at ${digits(least.share)} % of the peak`;
  const known =
    count === results.length
      ? count === 2
        ? 'both cases'
        : `all ${count} cases`
      : `${count} of ${results.length} cases`;
  const which = `${known}${results.length < all.length ? ' that have a speedup of their own' : ''}`;
  const greatest = Math.max(...results.map(({ share }) => share));
  return `By the roofline, ${name} bounds ${which}; they run at ${digits(least.share)} to ${digits(greatest)} % of the peak, ${greatest < 100.5 ? `and ${best.length > 1 ? `${least.op} at ` : ''}${least.name} is furthest from it` : 'which is more than it allows: see the end'}`;
}

const withPeak = ({ op, case: name, peak, percentOfPeak: share }: Result) =>
  peak && share !== null ? { op, name, bound: peak.bound, share } : null;
