/**
 * Raw samples to speedups. A round has fresh processes for baseline and variants. Within it each case has turns; in a turn each variant is
 * timed once, in an order that the next turn reverses, so that a drift of the machine cancels in their mean.
 *
 *   ratio of a turn   center(baseline times) / center(variant times), of calm calls (samples.ts)
 *   ratio of a round  exp(median over calm turns of ln(ratio of the turn))
 *   speedup           geometric mean over rounds, with an interval by the model of pooled.ts
 *
 * A turn counts if both sides have calm calls, and a round if it has such a turn. What never was calm has no speedup.
 */
import { mean, median } from 'simple-statistics';
import { type Interval, intervalOf } from './interval.ts';
import { Pooled } from './pooled.ts';
import { calmTimes, isCalm, type Sampled, type Samples } from './samples.ts';

/** One turn of the two: their calm times. */
interface Pair {
  readonly baseline: readonly number[];
  readonly variant: readonly number[];
}

/**
 * Medians, or means where the baseline was too slow for three calls: a median hides the interference that a single call of the
 * baseline contains, and would favour the variant.
 */
function turnRatio({ baseline, variant }: Pair): number {
  const center = centerFor(baseline);
  return center(baseline) / center(variant);
}

const centerFor = (baseline: readonly number[]) => (times: readonly number[]) =>
  (baseline.length < 3 ? mean : median)([...times]);

/** A call of the variant, as a ratio: the baseline's center in its turn over its own time. */
export interface CallRatio {
  readonly round: number;
  readonly value: number;
  /** Whether it does not count: it waited, or its turn does not count. */
  readonly isLeftOut: boolean;
}

/** The calls at one case, in time order. Where no call of the baseline is calm, all of that turn stand for it. */
export function callRatios(samples: Samples, baseline: string, variant: string, c: string): CallRatio[] {
  const at = samples.filter((s) => s.case === c);
  const base = new Map(at.flatMap((s) => (s.variant === baseline ? [[turnOf(s), s] as const] : [])));
  return at.flatMap((own) => {
    const other = own.variant === variant ? base.get(turnOf(own)) : undefined;
    if (!other) return [];
    const calm = calmTimes(other);
    const times = calm.length > 0 ? calm : other.timeNs;
    const ns = centerFor(times)(times);
    return own.timeNs.map((time, i) => {
      return { round: own.round, value: ns / time, isLeftOut: calm.length === 0 || !isCalm(own, i) };
    });
  });
}

/** A round at one case. `calls`: of both sides, in all turns. */
interface Round {
  /** The turns that count. */
  readonly pairs: readonly Pair[];
  readonly calls: number;
}

function roundsOf(
  samples: Samples,
  baseline: string,
  variant: string,
): ReadonlyMap<string, ReadonlyMap<number, Round>> {
  const base = new Map(samples.flatMap((s) => (s.variant === baseline ? [[turnOf(s), s] as const] : [])));
  const found = new Map<string, Map<number, Round>>();
  for (const own of samples) {
    const other = own.variant === variant ? base.get(turnOf(own)) : undefined;
    if (!other) continue;
    const byRound = found.get(own.case) ?? new Map<number, Round>();
    found.set(own.case, byRound);
    const { pairs, calls } = byRound.get(own.round) ?? { pairs: [], calls: 0 };
    const pair = { baseline: calmTimes(other), variant: calmTimes(own) };
    const counts = pair.baseline.length > 0 && pair.variant.length > 0;
    byRound.set(own.round, {
      pairs: counts ? [...pairs, pair] : pairs,
      calls: calls + own.timeNs.length + other.timeNs.length,
    });
  }
  return found;
}

const turnOf = ({ case: c, round, turn }: Sampled) => `${round} ${turn} ${c}`;

/** Of one pair of variants, at all cases of the samples. */
interface Compared {
  readonly rounds: ReturnType<typeof roundsOf>;
  /** By case and round. */
  readonly ratios: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly pooled: Pooled;
}

const kept = new WeakMap<Samples, Map<string, Compared>>();

/** The cases are pooled, so each question about one of them looks at all samples: the answer is kept. */
function compared(samples: Samples, baseline: string, variant: string): Compared {
  const known = kept.get(samples) ?? new Map<string, Compared>();
  kept.set(samples, known);
  const key = `${baseline}\n${variant}`;
  const found = known.get(key) ?? compute(samples, baseline, variant);
  known.set(key, found);
  return found;
}

function compute(samples: Samples, baseline: string, variant: string): Compared {
  const rounds = roundsOf(samples, baseline, variant);
  const logs = new Map(
    [...rounds].map(([name, byRound]) => {
      const calm = [...byRound].filter(([, { pairs }]) => pairs.length > 0);
      const logOf = ({ pairs }: Round) => median(pairs.map((pair) => Math.log(turnRatio(pair))));
      return [name, new Map(calm.map(([round, one]) => [round, logOf(one)]))] as const;
    }),
  );
  const exp = (byRound: ReadonlyMap<number, number>) => new Map([...byRound].map(([r, log]) => [r, Math.exp(log)]));
  return {
    rounds,
    ratios: new Map([...logs].map(([name, byRound]) => [name, exp(byRound)])),
    pooled: new Pooled(logs),
  };
}

/** Baseline time over variant time of one case, by round; rounds that lack one of the two, or a calm turn, do not count. */
export function ratios(samples: Samples, baseline: string, variant: string, c: string): ReadonlyMap<number, number> {
  return compared(samples, baseline, variant).ratios.get(c) ?? new Map();
}

/** For one case: calls of both sides that were left out, all calls, rounds without a calm turn, and all rounds. */
export function leftOut(samples: Samples, baseline: string, variant: string, c: string) {
  const rounds = [...(compared(samples, baseline, variant).rounds.get(c)?.values() ?? [])];
  const of = rounds.reduce((sum, { calls }) => sum + calls, 0);
  const used = rounds.flatMap(({ pairs }) => pairs).reduce((sum, p) => sum + p.baseline.length + p.variant.length, 0);
  const disturbedRounds = rounds.filter(({ pairs }) => pairs.length === 0).length;
  return { count: of - used, of, disturbedRounds, rounds: rounds.length };
}

/** Over all cases of the samples, which share what is known of the spread. */
export const pooledOver = (samples: Samples, baseline: string, variant: string): Pooled =>
  compared(samples, baseline, variant).pooled;

/** The speedup at one case: the geometric mean over rounds; null if no round has a calm turn of both. */
export function speedup(samples: Samples, baseline: string, variant: string, c: string): Interval | null {
  const found = pooledOver(samples, baseline, variant).case(c);
  return found && intervalOf(found);
}
