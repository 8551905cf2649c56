/** What all charts share: two widths, the axis of speedups, and the mark of an estimate. */
import type { Interval } from '../stats/interval.ts';
import type { LogAxis } from './axis.ts';
import { glyph, type Shape } from './glyph.ts';
import { html, type Markup } from './markup.ts';
import { round } from './words.ts';

/** A chart for a width, in pixels. */
export interface Drawing {
  readonly height: number;
  readonly marks: Markup;
}

export type Draw = (width: number) => Drawing;

/** Text keeps its size only if a chart is drawn for its width: the style sheet shows one of the two. */
const widths = { wide: 760, narrow: 358 } as const;

export const isNarrow = (width: number): boolean => width <= widths.narrow;

/** `label` states what the chart shows, for those who do not see it. */
export const chart = (label: string, draw: Draw): Markup =>
  html`<figure>${Object.entries(widths).map(([name, width]) => svg(label, width, draw, name))}</figure>`;

export function svg(label: string, width: number, draw: Draw, name?: string): Markup {
  const { height, marks } = draw(width);
  return html`<svg class=${name} viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img" aria-label=${label}>${marks}</svg>`;
}

/** Tenths of a pixel: more would only be bytes. */
export const px = (value: number): number => Math.round(10 * value) / 10;

interface Area {
  readonly top: number;
  readonly bottom: number;
}

/** Lines at the ticks, with their labels above. The line at 1 is where nothing is gained. */
export const speedupGrid = (axis: LogAxis, area: Area): Markup => [
  gridLines(axis, area),
  axis.ticks.map((tick) => {
    const name = tick === 1 ? 'tick strong' : 'tick';
    return html`<text x=${px(axis.x(tick))} y=${area.top - 6} class=${name} text-anchor="middle">${round(tick)}</text>`;
  }),
];

export const gridLines = (axis: LogAxis, { top, bottom }: Area): Markup =>
  axis.ticks.map((tick) => {
    const x = px(axis.x(tick));
    return html`<line x1=${x} y1=${top} x2=${x} y2=${bottom} class=${tick === 1 ? 'one' : 'grid'} />`;
  });

export interface Look {
  /** `us`: the candidate that the page is about; `cand`: another one; `peer`: a published library; of a comparison: its verdict. */
  readonly kind: 'us' | 'cand' | 'peer' | 'faster' | 'slower';
  /** Without one, a diamond for a peer and else a circle. */
  readonly shape?: Shape;
  /** Drawn hollow, with a broken line: the interval does not tell it from 1, or from what it is compared with. */
  readonly unsure?: boolean;
  readonly size?: number;
}

/** An estimate and its interval, cut with an arrow where it leaves the axis. Without an interval, the point has open sides. */
export function estimateMark(axis: LogAxis, y: number, { value, low, high }: Interval, look: Look): Markup {
  const { kind, shape, unsure = false, size = 5 } = look;
  const names = `${kind}${unsure ? ' unsure' : ''}`;
  const [from, to] = [low ?? value, high ?? value].map((edge) => px(axis.x(edge)));
  const arrow = (x: number, way: -1 | 1) =>
    html`<path d="M${x - 5 * way} ${y - 4}L${x} ${y}L${x - 5 * way} ${y + 4}" class="arrow ${names}" />`;
  return html`<g class="estimate">
    ${to > from && html`<line x1=${from} y1=${y} x2=${to} y2=${y} class="ci ${names}" />`}
    ${low !== null && axis.beyond(low) && arrow(from, low < value ? -1 : 1)}
    ${high !== null && axis.beyond(high) && arrow(to, 1)}
    ${shape ? html`<path d=${glyph(shape, px(axis.x(value)), y, size)} class="point ${names}" />` : point(px(axis.x(value)), y, names, kind === 'peer', size)}
  </g>`;
}

const point = (x: number, y: number, names: string, isPeer: boolean, r: number): Markup =>
  isPeer
    ? html`<path d="M${x - r - 1} ${y}L${x} ${y - r - 1}L${x + r + 1} ${y}L${x} ${y + r + 1}Z" class="point ${names}" />`
    : html`<circle cx=${x} cy=${y} r=${r} class="point ${names}" />`;
