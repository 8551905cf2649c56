/**
 * Candidates of one op against the first of them. All are timed in the same rounds, so each pair has ratios of its own, which drift and
 * the noise of the baseline do not touch.
 *
 *   ratio   time of the first / time of the other, within a round; the rest is that of a speedup (stats/speedup.ts)
 *   more    the least n with compare(value * exp(+-t(n - 1) s / sqrt(n))) decided; s: standard deviation of the log ratios of the rounds so far
 */
import { sampleStandardDeviation } from 'simple-statistics';
import type { Pair } from '../records/pair.ts';
import { type Interval, t975 } from '../stats/interval.ts';
import { means } from '../stats/means.ts';
import { ratios, roundMeans, speedup } from '../stats/speedup.ts';
import { compare, noiseFloor } from '../stats/verdict.ts';
import { namesOf, type TimedOp, type TimedVariant } from './timed.ts';

/** With more than these beside the first, nobody has named them one by one, and the table would hide what it shows. */
export const maxOthers = 6;

const maxMoreRounds = 100;

/** `margin`: the precision of the effort. */
export function pairsOf(timed: TimedOp, margin: number): Pair[] {
  const [first, ...others] = timed.variants.filter(({ peer }) => !peer);
  if (others.length > maxOthers || timed.samples.length === 0) return [];
  return others.flatMap((other) => [meanOf(timed, first, other, margin), ...casesOf(timed, first, other, margin)]);
}

function meanOf(timed: TimedOp, first: TimedVariant, other: TimedVariant, margin: number): Pair {
  const { op, samples, meanCases } = timed;
  const names = namesOf(timed, meanCases);
  const ids = [first.id, other.id] as const;
  const paired = names.filter((name) => speedup(samples, ...ids, name) !== null).length;
  const inPart = paired < names.length ? `${paired} of the ${names.length} cases of ${op.name} were timed` : null;
  const withheld = failureOf(first) ?? failureOf(other) ?? inPart;
  const ratio = withheld === null ? (means(samples, ...ids, names)?.arithmetic ?? null) : null;
  const floor = noiseFloor(samples, names)?.mean ?? null;
  const rounds = ratio ? roundMeans(samples, ...ids, names) : [];
  return { ...pairOf(timed, ids, null), ...judged(ratio, rounds, floor, margin), withheld };
}

/** None if one of the two did not pass. */
function casesOf(timed: TimedOp, first: TimedVariant, other: TimedVariant, margin: number): Pair[] {
  if (failureOf(first) ?? failureOf(other)) return [];
  const { samples, cases } = timed;
  const names = namesOf(timed, cases);
  const ids = [first.id, other.id] as const;
  const floor = noiseFloor(samples, names)?.cases ?? null;
  return names.flatMap((name) => {
    const ratio = speedup(samples, ...ids, name);
    const rounds = [...ratios(samples, ...ids, name).values()];
    return ratio ? [{ ...pairOf(timed, ids, name), ...judged(ratio, rounds, floor, margin), withheld: null }] : [];
  });
}

const failureOf = ({ verdict, message }: TimedVariant): string | null =>
  verdict === 'pass' ? null : `${verdict}: ${message}`;

const pairOf = ({ op }: TimedOp, [first, candidate]: readonly [string, string], name: string | null) => {
  return { op: op.name, first, candidate, case: name };
};

function judged(ratio: Interval | null, values: readonly number[], noiseFloor: number | null, margin: number) {
  const verdictOf = (interval: Interval) => compare(interval, noiseFloor, margin);
  const comparison = ratio && verdictOf(ratio);
  const moreRounds = ratio && comparison === 'inconclusive' ? moreThan(values, ratio.value, verdictOf) : null;
  return { ratio, comparison, noiseFloor, rounds: values.length, moreRounds };
}

/** Null if even a hundred more would not decide, and after a single round, which has no spread. */
function moreThan(values: readonly number[], value: number, verdictOf: (interval: Interval) => string): number | null {
  if (values.length < 2) return null;
  const spread = sampleStandardDeviation(values.map(Math.log));
  for (let more = 1; more <= maxMoreRounds; more++) {
    const n = values.length + more;
    const half = (t975[Math.min(n - 1, t975.length) - 1] * spread) / Math.sqrt(n);
    const interval = { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
    if (verdictOf(interval) !== 'inconclusive') return more;
  }
  return null;
}
