/** Raw samples to speedups. A speedup is a ratio within a round: baseline and candidate timed minutes apart never meet. */
import { mean, median } from 'simple-statistics';
import { type Interval, logInterval } from './interval.ts';

/** Calls of one variant on one case in one round, in time order. */
export interface Sampled {
  readonly round: number;
  readonly case: string;
  readonly variant: string;
  readonly timeNs: readonly number[];
}

const key = (round: number, c: string) => `${round} ${c}`;

/**
 * Baseline time over variant time within one round: a ratio of medians, or of means where the baseline was too dear for three
 * calls. A median hides the interference that a single call of the baseline contains, and would favour the variant.
 */
function ratio(baseline: readonly number[], variant: readonly number[]): number {
  const center = baseline.length < 3 ? mean : median;
  return center([...baseline]) / center([...variant]);
}

/** Baseline time over variant time, round by round, for one case; rounds that lack one of the two don't count. */
export function ratios(samples: readonly Sampled[], baseline: string, variant: string, c: string): readonly number[] {
  const base = new Map(samples.filter((s) => s.variant === baseline && s.case === c).map((s) => [s.round, s.timeNs]));
  return samples
    .filter((s) => s.variant === variant && s.case === c && base.has(s.round))
    .map((s) => ratio(base.get(s.round) as readonly number[], s.timeNs));
}

/** Median over rounds of the median time of a call, or null without samples. */
export function typicalNs(samples: readonly Sampled[], variant: string, c: string): number | null {
  const medians = samples.filter((s) => s.variant === variant && s.case === c).map((s) => median([...s.timeNs]));
  return medians.length > 0 ? median(medians) : null;
}

export function speedup(samples: readonly Sampled[], baseline: string, variant: string, c: string): Interval | null {
  const values = ratios(samples, baseline, variant, c);
  return values.length > 0 ? logInterval(values) : null;
}

/** The arithmetic mean over cases of the speedups within each round, for the rounds that hold all the cases. */
export function roundMeans(
  samples: readonly Sampled[],
  baseline: string,
  variant: string,
  cases: readonly string[],
): readonly number[] {
  const byRound = new Map<string, readonly number[]>();
  for (const s of samples)
    if (s.variant === variant || s.variant === baseline) byRound.set(`${s.variant} ${key(s.round, s.case)}`, s.timeNs);
  const rounds = [...new Set(samples.map(({ round }) => round))].sort((a, b) => a - b);
  return rounds.flatMap((round) => {
    let sum = 0;
    for (const c of cases) {
      const base = byRound.get(`${baseline} ${key(round, c)}`);
      const time = byRound.get(`${variant} ${key(round, c)}`);
      if (base === undefined || time === undefined) return [];
      sum += ratio(base, time);
    }
    return [sum / cases.length];
  });
}
