/** What the marks of a chart mean, in rows above it. */
import { html, type Markup } from '../draw/markup.ts';
import { shortened } from '../draw/words.ts';

export interface LegendItem {
  readonly text: string;
  /** Drawn around this point, within 10 pixels to each side. */
  mark(x: number, y: number): Markup;
}

/** Pixels of a character in small text, at most on average. */
export const charWidth = 6.4;
const monoWidth = 7.3;
const rowHeight = 20;

/** Text of fixed pitch, cut where it would leave its room. Its table has it whole. */
export const clipped = (text: string, room: number): string => shortened(text, Math.floor(room / monoWidth));

/** The rows begin at y = 0. */
export function legend(width: number, items: readonly LegendItem[]): { height: number; marks: Markup } {
  const placed: { readonly item: LegendItem; readonly x: number; readonly row: number }[] = [];
  for (const item of items) {
    const last = placed.at(-1);
    const next = last ? last.x + widthOf(last.item) : 0;
    const fits = next + widthOf(item) <= width + 16;
    placed.push({ item, x: fits ? next : 0, row: (last?.row ?? 0) + (fits ? 0 : 1) });
  }
  return {
    height: rowHeight * ((placed.at(-1)?.row ?? -1) + 1),
    marks: html`<g class="legend">${placed.map(({ item, x, row }) => {
      const y = 8 + rowHeight * row;
      return [item.mark(x + 10, y), html`<text x=${x + 25} y=${y + 4} class="dim">${item.text}</text>`];
    })}</g>`,
  };
}

const widthOf = ({ text }: LegendItem) => Math.round(25 + charWidth * text.length + 16);
