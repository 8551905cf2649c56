/** Numbers and words as every report shows them; an unknown value is `-`. */
import type { Interval } from '../stats/interval.ts';
import { pc } from './screen.ts';

type Edges = Pick<Interval, 'low' | 'high'>;

/** `31.4x` */
export const multiple = (value: number | null): string => (value === null ? '-' : `${digits(value)}x`);

/** Three digits, which carry what was measured, or all before the point. */
export function digits(value: number | null): string {
  if (value === null) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `[29.6, 33.1]`; empty if it is not known. */
export function interval(edges: Edges | null, text: (edge: number) => string = digits): string {
  return !edges || edges.low === null || edges.high === null ? '' : `[${text(edges.low)}, ${text(edges.high)}]`;
}

/** `31.4x [29.6, 33.1]` */
export const speedupText = (speedup: Interval | null): string =>
  speedup ? `${multiple(speedup.value)} ${interval(speedup)}` : '-';

/** Ratios near 1 are a matter of percents: `[0.979, 1.014]`. */
export const ratioInterval = (edges: Edges | null) => interval(edges, (edge) => edge.toFixed(3));

/** `17.2 us`, `8.35 ms`, `1.20 s`. */
export function duration(ns: number | null): string {
  if (ns === null) return '-';
  if (ns >= 1e9) return `${(ns / 1e9).toPrecision(3)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e3).toPrecision(3)} us`;
}

/** The time of an ISO date to the minute: `2026-11-28 13:36`. */
export const minute = (createdAt: string): string => createdAt.slice(0, 16).replace('T', ' ');

/** Flags without the beginnings that many share, for a table. */
export function shortFlags(flags: readonly string[]): string {
  return flags.map((flag) => flag.replace(/^--(experimental-)?(wasm-)?/, '')).join(' ') || '-';
}

/** Of the words for a comparison. */
export const colours: { readonly [verdict: string]: (text: string) => string } = {
  faster: pc.green,
  slower: pc.red,
  inconclusive: pc.dim,
};

export const verdictMark = (verdict: string): string => (verdict === 'pass' ? pc.green('pass') : pc.red(verdict));

/** `7.1..16.4`: the minimum and the maximum of the known values. */
export function range(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? `${digits(Math.min(...known))}..${digits(Math.max(...known))}` : '-';
}

/** The parameters of a generator: `MR 6 NR 16 split N`. */
export const parametersText = (parameters: Readonly<Record<string, number | string>>) =>
  Object.entries(parameters).flat().join(' ');

const heights = [...'▁▂▃▄▅▆▇█'];

/** A character for each value, from the least to the greatest on a log scale; `x` for what has none. */
export function sparkline(values: readonly (number | null)[]): string {
  const logs = values.map((value) => (value === null ? null : Math.log(value)));
  const known = logs.filter((value) => value !== null);
  const [least, span] = [Math.min(...known), Math.max(...known) - Math.min(...known)];
  const height = (log: number) => (span === 0 ? 3 : Math.round(((heights.length - 1) * (log - least)) / span));
  return logs.map((log) => (log === null ? 'x' : heights[height(log)])).join('');
}
