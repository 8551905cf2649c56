/** Values in their order: equal steps from left to right, a log axis upwards, and a line at the bottom for what has no value. */

import { type LogAxis, logAxis, within } from '../draw/axis.ts';
import { isNarrow, px } from '../draw/chart.ts';
import { glyph, type Shape } from '../draw/glyph.ts';
import { html, type Markup } from '../draw/markup.ts';
import { round } from '../draw/words.ts';
import type { Interval } from '../stats/interval.ts';

interface Sequence {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  /** Where the values end. */
  readonly bottom: number;
  /** Where the marks without a value are. */
  readonly below: number;
  /** Of the i-th place. */
  x(i: number): number;
  y(value: number): number;
  readonly axis: LogAxis;
}

const tickRoom = 22;
/** The axis spans at least this factor to either side, so that noise does not look like a change. */
const minSpan = 1.12;

export function sequence(count: number, values: readonly Interval[], width: number, top: number): Sequence {
  const [left, right, bottom] = [46, width - 8, top + (isNarrow(width) ? 78 : 92)];
  const points = values.map(({ value }) => value);
  const [least, greatest] = [Math.min(...points), Math.max(...points)];
  const span = { always: [greatest * minSpan, least / minSpan] };
  const axis = logAxis(within(values), { left: bottom, right: top }, span);
  const x = (i: number) => left + ((i + 0.5) * (right - left)) / count;
  return { left, right, top, bottom, below: bottom + 12, x, y: axis.x, axis };
}

export function sequenceGrid({ left, right, top, bottom, axis, y }: Sequence): Markup {
  const every = Math.ceil((axis.ticks.length * tickRoom) / (bottom - top + tickRoom));
  return axis.ticks
    .filter((_, i) => i % every === 0)
    .map((tick) => {
      const at = px(y(tick));
      return html`<line x1=${left} y1=${at} x2=${right} y2=${at} class=${tick === 1 ? 'one' : 'grid'} /><text x=${left - 6} y=${at + 4} class="tick" text-anchor="end">${round(tick)}</text>`;
    });
}

/** Intervals as one path; those that leave the axis end in an arrow. */
export function bars({ x, y, axis }: Sequence, all: readonly (readonly [i: number, interval: Interval])[]): Markup {
  const known = all.flatMap(([i, { low, high }]) =>
    low === null || high === null ? [] : [{ at: px(x(i)), low, high }],
  );
  const arrow = (at: number, edge: number, way: 1 | -1) =>
    axis.beyond(edge) ? `M${at - 3} ${px(y(edge) + 4 * way)}l3 ${-4 * way}l3 ${4 * way}` : '';
  const arrows = known.map(({ at, low, high }) => arrow(at, low, -1) + arrow(at, high, 1)).join('');
  return html`<path d=${known.map(({ at, low, high }) => `M${at} ${px(y(low))}V${px(y(high))}`).join('')} class="bars" />${arrows && html`<path d=${arrows} class="bars arrows" />`}`;
}

/** The mark of each, as one path; null if there is none. */
export const dots = (
  places: readonly (readonly [x: number, y: number])[],
  shape: Shape,
  name: string,
  size = 3.5,
): Markup =>
  places.length === 0
    ? null
    : html`<path d=${places.map(([x, y]) => glyph(shape, px(x), px(y), size)).join('')} class="dots ${name}" />`;

interface Label {
  readonly x: number;
  readonly text: string;
  /** What takes its place where the text is too long. */
  readonly short?: string;
}

const characterWidth = 7;

/** Labels in a line, those that come first preferred; one that would lie on another is left out, as the table has it. */
export function labels(
  all: readonly Label[],
  { left, right }: Pick<Sequence, 'left' | 'right'>,
  y: number,
  name: string,
): Markup {
  const kept: { readonly x: number; readonly text: string; readonly half: number }[] = [];
  for (const { x, ...texts } of all) {
    const fits = [texts.text, texts.short ?? texts.text].flatMap((text) => {
      const half = (characterWidth * text.length) / 2;
      const inside = Math.max(left + half, Math.min(right - half, x));
      return kept.every((other) => Math.abs(other.x - inside) > other.half + half + 8)
        ? [{ x: inside, text, half }]
        : [];
    });
    kept.push(...fits.slice(0, 1));
  }
  return kept.map(({ x, text }) => html`<text x=${px(x)} y=${y} class=${name} text-anchor="middle">${text}</text>`);
}

/** The last and the first, and what fits between. */
export const endsFirst = <T>(all: readonly T[]): T[] => [...all.slice(-1), ...all.slice(0, -1)];
