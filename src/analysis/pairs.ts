/**
 * Candidates of one op against the first of them. All are timed in the same rounds, so each pair has ratios of its own, which drift and
 * the noise of the baseline do not touch.
 *
 *   ratio   time of the first / time of the other, within a round; the rest is that of a speedup (stats/speedup.ts)
 *   more    the least number of rounds more with which the present spread would decide
 */
import type { Pair } from '../records/pair.ts';
import { type Estimate, type Interval, intervalOf } from '../stats/interval.ts';
import { meanEstimate } from '../stats/means.ts';
import { leftOut, pooledOver } from '../stats/speedup.ts';
import { compare, noiseFloor } from '../stats/verdict.ts';
import { disturbance, tooWide } from './disturbed.ts';
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
  const pooled = pooledOver(samples, ...ids);
  const disturbed = names.flatMap((name) => disturbance(leftOut(samples, ...ids, name), null) ?? []);
  const paired = names.filter((name) => pooled.case(name) !== null).length;
  const inPart = paired < names.length ? `${paired} of the ${names.length} cases of ${op.name} were timed` : null;
  const withheld = failureOf(first) ?? failureOf(other) ?? (disturbed[0] ? `disturbed: ${disturbed[0]}` : inPart);
  const floor = noiseFloor(samples, names)?.mean ?? null;
  const rounds = Math.max(0, ...names.map((name) => calmRounds(timed, ids, name)));
  const found = withheld === null ? meanEstimate(pooled, names) : null;
  return { ...pairOf(timed, ids, null), ...judged(found, rounds, floor, margin, withheld) };
}

/** None if one of the two did not pass. */
function casesOf(timed: TimedOp, first: TimedVariant, other: TimedVariant, margin: number): Pair[] {
  if (failureOf(first) ?? failureOf(other)) return [];
  const { samples, cases } = timed;
  const names = namesOf(timed, cases);
  const ids = [first.id, other.id] as const;
  const floor = noiseFloor(samples, names)?.cases ?? null;
  return names.flatMap((name) => {
    const disturbed = disturbance(leftOut(samples, ...ids, name), null);
    const found = pooledOver(samples, ...ids).case(name);
    if (!found && disturbed === null) return [];
    const withheld = disturbed === null ? null : `disturbed: ${disturbed}`;
    const rounds = calmRounds(timed, ids, name);
    return [
      { ...pairOf(timed, ids, name), ...judged(withheld === null ? found : null, rounds, floor, margin, withheld) },
    ];
  });
}

const failureOf = ({ verdict, message }: TimedVariant): string | null =>
  verdict === 'pass' ? null : `${verdict}: ${message}`;

const pairOf = ({ op }: TimedOp, [first, candidate]: readonly [string, string], name: string | null) => {
  return { op: op.name, first, candidate, case: name };
};

function calmRounds({ samples }: TimedOp, ids: readonly [string, string], name: string): number {
  const { rounds, disturbedRounds } = leftOut(samples, ...ids, name);
  return rounds - disturbedRounds;
}

function judged(
  found: Estimate | null,
  rounds: number,
  noiseFloor: number | null,
  margin: number,
  withheld: string | null,
) {
  const measured = found && intervalOf(found);
  const wide = measured && tooWide(measured);
  const ratio = wide === null ? measured : null;
  const verdictOf = (interval: Interval) => compare(interval, noiseFloor, margin);
  const comparison = ratio && verdictOf(ratio);
  const moreRounds = found && comparison === 'inconclusive' ? moreThan(found, rounds, verdictOf) : null;
  return { ratio, comparison, noiseFloor, rounds, moreRounds, withheld: withheld ?? (wide && `disturbed: ${wide}`) };
}

/** Null if even a hundred more would not decide, and where nothing is known of the spread. */
function moreThan(
  { log, variance, df }: Estimate,
  rounds: number,
  verdictOf: (interval: Interval) => string,
): number | null {
  if (variance === null) return null;
  for (let more = 1; more <= maxMoreRounds; more++) {
    const then = intervalOf({ log, variance: (variance * rounds) / (rounds + more), df: df + more });
    if (verdictOf(then) !== 'inconclusive') return more;
  }
  return null;
}
