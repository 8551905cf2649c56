/**
 * A history of estimates cut into steps: stretches whose records do not differ beyond their intervals. The cut is the one that minimizes
 *
 *   sum over steps of sum over their records of (x - level)^2 / s^2   +   z^2 for each change point
 *
 * where x is the logarithm of an estimate, the level of a step is the mean of its x weighted by 1 / s^2, and z is the normal quantile at
 * 0.025 / (records - 1): Bonferroni, for a change may lie before each record but the first. Of two records, it is their 95 % test.
 *
 *   s   max(half-width, median half-width) / 1.96, times what differences of neighbours exceed their s by
 *
 * An interval of two rounds is narrow by luck at times, and among forty one nearly always is: so none counts as narrower than the median.
 * Runs may also differ by more than their rounds do, which the median difference of neighbours shows: a step moves few of these. With fewer
 * than six records it shows nothing, and runs that differ 1.4 times as much as their intervals say have a false change in 10 to 20 %.
 *
 * Source   Jackson et al. 2005, optimal partitioning; the penalty and s are ours, and test/steps.test.ts simulates what they promise.
 */
import { geometricMean, median, probit } from 'simple-statistics';
import { halfWidth, type Interval } from '../stats/interval.ts';

export interface Step {
  /** Its estimates: indices from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** Without edges if none of its estimates has any. */
  readonly level: Interval;
}

/** Fewer differences of neighbours say nothing of how far runs differ. */
const minDifferences = 5;
const [z95, quartile] = [probit(0.975), probit(0.75)];

const logHalf = (one: Interval): number => Math.log1p(halfWidth(one));

/** Of positive estimates in their order. One without an interval makes no change point, and belongs to the stretch before it. */
export function stepsOf(estimates: readonly Interval[]): Step[] {
  const known = [...estimates.keys()].filter((i) => Number.isFinite(logHalf(estimates[i])));
  if (known.length === 0)
    return estimates.length === 0 ? [] : [{ from: 0, to: estimates.length, level: blind(estimates) }];
  const points = weighted(known.map((i) => estimates[i]));
  const starts = cut(points);
  return starts.map((start, i) => {
    const [from, to] = [i === 0 ? 0 : known[start], known[starts[i + 1]] ?? estimates.length];
    const { weight, sum } = totals(points.slice(start, starts[i + 1]));
    return { from, to, level: around(sum / weight, z95 / Math.sqrt(weight)) };
  });
}

/** How many times as large `b` is as `a`, for independent estimates: squared half-widths add up. */
export function ratioBetween(a: Interval, b: Interval): Interval {
  const half = Math.hypot(logHalf(a), logHalf(b));
  const log = Math.log(b.value / a.value);
  return Number.isFinite(half) ? around(log, half) : { value: Math.exp(log), low: null, high: null };
}

const around = (log: number, half: number): Interval => {
  return { value: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half) };
};

const blind = (estimates: readonly Interval[]): Interval => {
  return { value: geometricMean(estimates.map(({ value }) => value)), low: null, high: null };
};

interface Point {
  readonly log: number;
  /** 1 / s^2 */
  readonly weight: number;
}

function weighted(estimates: readonly Interval[]): Point[] {
  const halves = estimates.map(logHalf);
  // Estimates without any spread still have a finite weight.
  const typical = Math.max(median(halves), 1e-6);
  const own = halves.map((half, i) => ({ log: Math.log(estimates[i].value), s: Math.max(half, typical) / z95 }));
  const differences = own.slice(1).map(({ log, s }, i) => Math.abs(log - own[i].log) / Math.hypot(s, own[i].s));
  const excess = differences.length < minDifferences ? 1 : Math.max(1, median(differences) / quartile);
  return own.map(({ log, s }) => ({ log, weight: 1 / (excess * s) ** 2 }));
}

function totals(points: readonly Point[]) {
  return points.reduce(
    ({ weight, sum, squares }, one) => ({
      weight: weight + one.weight,
      sum: sum + one.weight * one.log,
      squares: squares + one.weight * one.log ** 2,
    }),
    { weight: 0, sum: 0, squares: 0 },
  );
}

/** The first index of each step. */
function cut(points: readonly Point[]): number[] {
  const penalty = points.length < 2 ? 0 : probit(0.025 / (points.length - 1)) ** 2;
  const upTo = points.map((_, i) => totals(points.slice(0, i + 1)));
  const cost = (from: number, last: number) => {
    const [to, before] = [upTo[last], upTo[from - 1] ?? { weight: 0, sum: 0, squares: 0 }];
    return to.squares - before.squares - (to.sum - before.sum) ** 2 / (to.weight - before.weight);
  };
  /** By the last index: the least cost, and the starts that have it. */
  const best: { readonly cost: number; readonly starts: readonly number[] }[] = [];
  for (const last of points.keys()) {
    const ways = Array.from({ length: last + 1 }, (_, from) => {
      return { from, cost: (from === 0 ? 0 : best[from - 1].cost + penalty) + cost(from, last) };
    });
    const least = ways.reduce((a, b) => (b.cost < a.cost ? b : a));
    best.push({ cost: least.cost, starts: [...(best[least.from - 1]?.starts ?? []), least.from] });
  }
  return [...best[points.length - 1].starts];
}
