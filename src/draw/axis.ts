/** Log axes of ratios: equal steps are equal factors, so a loss of 2x is as long as a gain of 2x. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { max, min } from 'simple-statistics';
import type { Interval } from '../stats/interval.ts';

export interface LogAxis {
  /** Pixels of the ends; an axis may also run upwards, from the greater pixel. */
  readonly left: number;
  readonly right: number;
  /** Values of the ends. */
  readonly from: number;
  readonly to: number;
  /** The pixel of a value; one beyond an end lies on that end. */
  x(value: number): number;
  /** Whether a value lies beyond the low or the high end. */
  beyond(value: number): 'low' | 'high' | null;
  readonly ticks: readonly number[];
}

interface Span {
  readonly left: number;
  readonly right: number;
}

/** Pixels that the label of a tick takes. */
const tickRoom = 42;
/** Room beyond the outermost points, as a factor of the whole span. */
const padding = 0.06;
const steps = [[1, 2, 5], [1, 3], [1]];
const fineSteps = [1, 1.5, 2, 3, 5, 7];

/**
 * Holds these positive values: points, never the edges of intervals, which after two rounds may be anywhere. An axis of speedups holds 1 as
 * well, as `always` says. `starts`: it begins at its least value, so that stems do.
 */
export function logAxis(
  values: readonly number[],
  { left, right }: Span,
  { always = [1], starts = false }: { readonly always?: readonly number[]; readonly starts?: boolean } = {},
): LogAxis {
  const logs = [...values, ...always].map(Math.log);
  const [low, high] = [min(logs), max(logs)];
  const pad = Math.max(padding * (high - low), 0.05);
  const [from, to] = [Math.exp(starts ? low : low - pad), Math.exp(high + pad)];
  const scale = scaleLog([from, to], [left, right]).clamp(true);
  return {
    ...{ left, right, from, to, x: (value: number) => scale(Math.max(value, from)) },
    beyond: (value) => (value < from ? 'low' : value > to ? 'high' : null),
    ticks: ticksOf(from, to, right - left),
  };
}

function ticksOf(from: number, to: number, length: number): number[] {
  const most = Math.max(3, Math.floor(Math.abs(length) / tickRoom));
  const first = Math.floor(Math.log10(from));
  const powers = Array.from({ length: Math.ceil(Math.log10(to)) - first + 1 }, (_, i) => first + i);
  const ticksAt = (digits: readonly number[]) =>
    powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`))).filter((t) => t >= from && t <= to);
  const found = steps.map(ticksAt);
  if (found[0].length >= 3) return found.find((ticks) => ticks.length <= most) ?? found[2].slice(0, most);
  // Within a factor of ten there are few round numbers, and within one of two next to none.
  const finer = [found[0], ticksAt(fineSteps), scaleLinear([from, to], [0, 1]).ticks(Math.min(most, 4))];
  const fitting = finer.filter((ticks) => ticks.length <= most).sort((a, b) => b.length - a.length);
  return fitting[0] ?? found[0];
}

/** The values of intervals, and those of their edges that do not dwarf them: others are cut. */
export function within(all: readonly Interval[]): number[] {
  const values = all.map(({ value }) => value);
  const [least, greatest] = [Math.min(...values) / maxReach, Math.max(...values) * maxReach];
  const edges = all.flatMap(({ low, high }) => [low ?? 0, high ?? 0]);
  return [...values, ...edges.filter((edge) => edge >= least && edge <= greatest)];
}

/** As a factor beyond all values. */
const maxReach = 1.5;
