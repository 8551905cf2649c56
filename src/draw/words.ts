/** Numbers and names as the page writes them. */
import { digits } from '../report/format.ts';
import { cut } from '../report/width.ts';
import type { Interval } from '../stats/interval.ts';

/** Three digits, or all before the point; those of a loss too, and of what no measurement gives. */
export const figure = (value: number): string => (value < 1 || value >= 1e6 ? value.toPrecision(3) : digits(value));

/** `67.1×`, as measured. */
export const times = (value: number): string => `${figure(value)}×`;

/** `50×`, `2.9×`: a number that was not measured here, as short as it is. */
export const round = (value: number): string => `${Number(value.toPrecision(3))}×`;

/** `[56.5, 79.7]`, or why there is none. */
export const edges = ({ low, high }: Interval): string =>
  low === null || high === null ? 'one round, no interval' : `[${figure(low)}, ${figure(high)}]`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** The name of a candidate without its op. */
export const shortName = (candidate: string, op: string): string => candidate.replace(`${op}/`, '');

/** Pixels of a character of a chart's labels, on average. */
const characterPx = 6.6;

/** What of a name fits into a width in pixels: its beginning and its end. The table has the whole. */
export const fitted = (name: string, width: number): string => cut(name, Math.max(4, Math.floor(width / characterPx)));

/** `ONNX Runtime, native`: what a peer says of itself, without its remarks; or else its id. */
export const peerName = (id: string, about: string | null | undefined): string => about?.split(' (')[0] || id;

/** At most so many characters, the last of which says that there were more. */
export function shortened(text: string, most = 18): string {
  const all = [...text];
  return all.length > most ? `${all.slice(0, most - 1).join('')}…` : text;
}

export const capital = (text: string): string => text.replace(/^./u, (first) => first.toUpperCase());

/** `58 %`, which no line breaks. */
export const whole = (share: number): string => `${Math.round(100 * share)}\u00a0%`;
