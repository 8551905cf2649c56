/** Numbers and words as every report shows them. */

import type { Interval } from '../stats/interval.ts';
import { pc } from './screen.ts';

type Edges = Pick<Interval, 'low' | 'high'>;

/** `31.4x`: three digits carry what was measured. */
export function multiple(value: number | null): string {
  return value === null ? '-' : `${digits(value)}x`;
}

/** Three digits, or all before the point. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `[29.6, 33.1]`, or nothing where it is not known. */
export function interval({ low, high }: Edges): string {
  return low === null || high === null ? '' : `[${digits(low)}, ${digits(high)}]`;
}

/** Of ratios near 1, which are a matter of percents: `[0.979, 1.014]`. */
export function ratioInterval({ low, high }: Edges): string {
  return low === null || high === null ? '' : `[${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

/** `17.2 us`, `8.35 ms`, `1.20 s`. */
export function duration(ns: number | null): string {
  if (ns === null) return '-';
  if (ns >= 1e9) return `${(ns / 1e9).toPrecision(3)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e3).toPrecision(3)} us`;
}

/** When a record was made, to the minute, UTC. */
export function minute(createdAt: string): string {
  return createdAt.slice(0, 16).replace('T', ' ');
}

/** Flags as a table has room for them. */
export function shortFlags(flags: readonly string[]): string {
  return flags.map((flag) => flag.replace(/^--(experimental-)?(wasm-)?/, '')).join(' ') || '-';
}

export function verdictMark(verdict: string): string {
  return verdict === 'pass' ? pc.green('pass') : pc.red(verdict);
}

/** The least and the greatest of some rates, `7.1..16.4`. */
export function range(values: readonly number[]): string {
  return values.length > 0 ? `${digits(Math.min(...values))}..${digits(Math.max(...values))}` : '-';
}

/** What a generator's code was made with: `MR 6 NR 16 split N`. */
export function parametersText(parameters: Readonly<Record<string, number | string>>): string {
  return Object.entries(parameters)
    .map((pair) => pair.join(' '))
    .join(' ');
}
