/** Numbers and names as the page writes them. */
import { digits } from '../report/format.ts';
import type { Interval } from '../stats/interval.ts';

/** `67.1×`, as measured. */
export const times = (value: number): string => `${digits(value)}×`;

/** `50×`, `2.9×`: a number that was not measured here, as short as it is. */
export const round = (value: number): string => `${Number(value.toPrecision(3))}×`;

/** `[56.5, 79.7]`, or why there is none. */
export const edges = ({ low, high }: Interval): string =>
  low === null || high === null ? 'one round, no interval' : `[${digits(low)}, ${digits(high)}]`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** The name of a candidate without its op. */
export const shortName = (candidate: string, op: string): string => candidate.replace(`${op}/`, '');

/** `58 %`, which no line breaks. */
export const whole = (share: number): string => `${Math.round(100 * share)}\u00a0%`;
