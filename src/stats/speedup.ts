/**
 * Raw samples to speedups. A round has fresh processes for baseline and variants. Within it each case has turns; in a turn each variant is
 * timed once, in an order that the next turn reverses, so that a drift of the machine cancels in their mean.
 *
 *   ratio of a turn   center(baseline times) / center(variant times)
 *   ratio of a round  exp(median over turns of ln(ratio of the turn))
 *   speedup           geometric mean over rounds, with its t-interval (interval.ts)
 *
 * Calls that queued for a CPU are left out, on both sides or on none: if the many short calls of a fast variant were cleaned, and the one
 * long call of the baseline were not, other work on the machine would look like a speedup. The rule reads the scheduler's account.
 */
import { mean, median } from 'simple-statistics';
import { type Interval, logInterval } from './interval.ts';

/** Calls of one variant on one case in one turn of a round, in time order. */
export interface Sampled {
  readonly round: number;
  readonly turn: number;
  readonly case: string;
  readonly variant: string;
  readonly timeNs: readonly number[];
  /** Time that each call was ready to run but had no CPU; null where the system keeps no account. */
  readonly queuedNs: readonly number[] | null;
}

export type Samples = readonly Sampled[];

/** A call is calm if it queued for no more than this share of its time. */
const maxQueued = 0.02;

function calmTimes({ timeNs, queuedNs }: Sampled): readonly number[] {
  return queuedNs === null ? timeNs : timeNs.filter((ns, i) => queuedNs[i] <= maxQueued * ns);
}

/** One turn of the two: their calm times, or all times where one side has no calm call. */
interface Pair {
  readonly baseline: readonly number[];
  readonly variant: readonly number[];
  readonly calm: boolean;
}

function pairOf(baseline: Sampled, variant: Sampled): Pair {
  const calm = { baseline: calmTimes(baseline), variant: calmTimes(variant), calm: true };
  if (calm.baseline.length > 0 && calm.variant.length > 0) return calm;
  return { baseline: baseline.timeNs, variant: variant.timeNs, calm: false };
}

/**
 * Medians, or means where the baseline was too slow for three calls: a median hides the interference that a single call of the
 * baseline contains, and would favour the variant.
 */
function turnRatio({ baseline, variant }: Pair): number {
  const center = baseline.length < 3 ? mean : median;
  return center([...baseline]) / center([...variant]);
}

/** The turns of one case that count in a round: the calm ones, or all if none is calm. `calls`: of both sides, in all turns. */
interface Counted {
  readonly pairs: readonly Pair[];
  readonly calls: number;
}

function countedByRound(samples: Samples, baseline: string, variant: string, c: string): ReadonlyMap<number, Counted> {
  const own = samples.filter((s) => s.case === c);
  const base = new Map(own.flatMap((s) => (s.variant === baseline ? [[`${s.round} ${s.turn}`, s] as const] : [])));
  const rounds = Map.groupBy(
    own.filter((s) => s.variant === variant),
    ({ round }) => round,
  );
  const found = new Map<number, Counted>();
  for (const [round, turns] of rounds) {
    const met = turns.flatMap((s) => {
      const b = base.get(`${round} ${s.turn}`);
      return b ? [[b, s] as const] : [];
    });
    if (met.length === 0) continue;
    const all = met.map(([b, s]) => pairOf(b, s));
    const calm = all.filter((pair) => pair.calm);
    const pairs = calm.length > 0 ? calm : all;
    found.set(round, { pairs, calls: met.flat().reduce((sum, { timeNs }) => sum + timeNs.length, 0) });
  }
  return found;
}

/** Baseline time over variant time of one case, by round; rounds that lack one of the two do not count. */
export function ratios(samples: Samples, baseline: string, variant: string, c: string): ReadonlyMap<number, number> {
  const rounds = [...countedByRound(samples, baseline, variant, c)];
  return new Map(
    rounds.map(([round, { pairs }]) => [round, Math.exp(median(pairs.map((pair) => Math.log(turnRatio(pair)))))]),
  );
}

/** For one case: calls of both sides that were left out, all calls, rounds without a calm turn, all of whose calls count, and all rounds. */
export function leftOut(samples: Samples, baseline: string, variant: string, c: string) {
  const rounds = [...countedByRound(samples, baseline, variant, c).values()];
  const of = rounds.reduce((sum, { calls }) => sum + calls, 0);
  const used = rounds.flatMap(({ pairs }) => pairs).reduce((sum, p) => sum + p.baseline.length + p.variant.length, 0);
  const disturbedRounds = rounds.filter(({ pairs }) => !pairs[0].calm).length;
  return { count: of - used, of, disturbedRounds, rounds: rounds.length };
}

function medianOfTurns(samples: Samples, variant: string, c: string): number[] {
  return samples.filter((s) => s.variant === variant && s.case === c).map((s) => median([...s.timeNs]));
}

/** Median over turns of the median time of a call, or null without samples. */
export function typicalNs(samples: Samples, variant: string, c: string): number | null {
  const medians = medianOfTurns(samples, variant, c);
  return medians.length > 0 ? median(medians) : null;
}

/** Minimum over turns of the median call, or null without samples: it compares with peaks, which are the best of many measurements. */
export function minTurnNs(samples: Samples, variant: string, c: string): number | null {
  const medians = medianOfTurns(samples, variant, c);
  return medians.length > 0 ? Math.min(...medians) : null;
}

/** The speedup at one case: the geometric mean over rounds; null if no round has both. */
export function speedup(samples: Samples, baseline: string, variant: string, c: string): Interval | null {
  const values = [...ratios(samples, baseline, variant, c).values()];
  return values.length > 0 ? logInterval(values) : null;
}

/** The arithmetic mean over cases of the speedups within each round, for the rounds that have all cases. */
export function roundMeans(samples: Samples, baseline: string, variant: string, cases: readonly string[]): number[] {
  const at = Map.groupBy(samples, (s) => s.case);
  const [first, ...others] = cases.map((c) => ratios(at.get(c) ?? [], baseline, variant, c));
  if (!first) return [];
  const complete = [...first.keys()].filter((round) => others.every((byRound) => byRound.has(round)));
  return complete.map((round) => mean([first, ...others].map((byRound) => byRound.get(round) as number)));
}
