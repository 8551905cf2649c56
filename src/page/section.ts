/** A section answers one question: its title states the finding, then come how to read it, the chart, and the values as a table. */

import { html, type Markup } from '../draw/markup.ts';
import { edges, times } from '../draw/words.ts';
import type { Interval } from '../stats/interval.ts';

export interface Section {
  /** Of the section's anchor. */
  readonly id: string;
  /** The name in the list of sections. */
  readonly name: string;
  readonly title: string;
  /** How to read the chart. */
  readonly caption: Markup;
  /** What else a reader has to know before quoting it. */
  readonly note?: Markup;
  readonly body: Markup;
  readonly table?: Table | null;
}

export interface Table {
  /** What the values are of: `the ladder`. */
  readonly of: string;
  /** `warn`: its cells wrap, and on a narrow screen lie below each other. */
  readonly kind?: 'warn';
  readonly columns: readonly Column[];
  /** A cell a column. */
  readonly rows: readonly (readonly Cell[])[];
  /** The class of each row. */
  readonly looks?: readonly (string | undefined)[];
}

interface Column {
  readonly head: Markup;
  readonly isNumber?: boolean;
  /** The class of its cells. */
  readonly look?: string;
}

/** What a cell shows, what it is sorted by if that is another value, and what it rounds if that is another text than this value. */
export type Cell = string | { readonly text: Markup; readonly by?: number | string; readonly exact?: string };

/** A ratio, or nothing. */
export const ratioCell = (value: number | null): Cell => (value === null ? '' : { text: times(value), by: value });

/** Sorted by its low edge. */
export function intervalCell(found: Interval | null): Cell {
  if (!found || found.low === null) return found ? edges(found) : '';
  return { text: edges(found), by: found.low, exact: `[${found.low}, ${found.high}]` };
}

export function sectionMarkup({ id, title, caption, note, body, table }: Section): Markup {
  return html`<section id=${id} aria-labelledby="${id}-title">
    <div class="say"><h2 id="${id}-title">${title}</h2><div class="cap">${caption}</div>${note && html`<div class="note">${note}</div>`}</div>
    <div class="see">${body}${table && values(table, title)}</div>
  </section>`;
}

/** Closed until somebody asks for it. */
export function values(table: Table, title?: string): Markup {
  const count = `${table.rows.length} row${table.rows.length === 1 ? '' : 's'}`;
  return html`<details><summary>Values of ${table.of} <span>(${count})</span></summary>${tableMarkup(table, title)}</details>`;
}

/** The script makes the heads buttons that sort, and shows what was rounded. */
export function tableMarkup({ of, kind, columns, rows, looks }: Table, title?: string): Markup {
  const names = columns.map(({ isNumber, look }) => [isNumber && 'n', look].filter(Boolean).join(' ') || undefined);
  const cell = (given: Cell, i: number) => {
    const { text, by, exact }: Exclude<Cell, string> = typeof given === 'string' ? { text: given } : given;
    if (i === 0) return html`<th scope="row" class=${names[i]} data-by=${by} data-exact=${exact}>${text}</th>`;
    return html`<td class=${names[i]} data-by=${by} data-exact=${exact}>${text}</td>`;
  };
  const heads = columns.map(({ head }, i) => html`<th scope="col" class=${names[i]}>${head}</th>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${[`Values of ${of}`, title].filter(Boolean).join(': ')}><table class=${kind}>
    <thead><tr>${heads}</tr></thead>
    <tbody>${rows.map((row, i) => html`<tr class=${looks?.[i]}>${row.map(cell)}</tr>`)}</tbody>
  </table></div>`;
}
