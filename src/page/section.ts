/** A section answers one question: its title states the finding, then come how to read it, the chart, and the values as a table. */
import { html, type Markup } from '../draw/markup.ts';

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
  readonly columns: readonly { readonly head: string; readonly isNumber?: boolean }[];
  /** A cell a column. */
  readonly rows: readonly (readonly Cell[])[];
}

/** What a cell shows, and what it is sorted by if that is another value. */
export type Cell = string | { readonly text: Markup; readonly by: number | string };

export function sectionMarkup({ id, title, caption, note, body, table }: Section): Markup {
  return html`<section id=${id} aria-labelledby="${id}-title">
    <div class="say"><h2 id="${id}-title">${title}</h2><div class="cap">${caption}</div>${note && html`<div class="note">${note}</div>`}</div>
    <div class="see">${body}${table && values(table)}</div>
  </section>`;
}

/** Closed until somebody asks for it. */
function values(table: Table): Markup {
  const count = `${table.rows.length} row${table.rows.length === 1 ? '' : 's'}`;
  return html`<details><summary>Values of ${table.of} <span>(${count})</span></summary>${tableMarkup(table)}</details>`;
}

/** The script makes the heads buttons that sort. */
export function tableMarkup({ of, columns, rows }: Table): Markup {
  const cell = (text: Cell, i: number) => {
    const name = columns[i].isNumber ? 'n' : undefined;
    const by = typeof text === 'string' ? undefined : text.by;
    const shown = typeof text === 'string' ? text : text.text;
    if (i === 0) return html`<th scope="row" class=${name} data-by=${by}>${shown}</th>`;
    return html`<td class=${name} data-by=${by}>${shown}</td>`;
  };
  const heads = columns.map(
    ({ head, isNumber }) => html`<th scope="col" class=${isNumber ? 'n' : undefined}>${head}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Values of ${of}"><table>
    <thead><tr>${heads}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
  </table></div>`;
}
