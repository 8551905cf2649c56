/** What a reader sees at once, and the rest behind one line. */
import { counted } from '../contract/words.ts';
import { html, type Markup } from '../draw/markup.ts';

export function withMore<T>(all: readonly T[], shown: number, what: string, draw: (one: T) => Markup): Markup {
  const rest = all.slice(shown);
  const more = html`<details><summary>${counted(rest.length, `more ${what}`)}</summary>${rest.map(draw)}</details>`;
  return [all.slice(0, shown).map(draw), rest.length > 0 ? more : null];
}

/** A numbered list, which is closed if it is long; null without items. */
export function numbered(items: readonly Markup[], what: string): Markup {
  const list = html`<ol class="numbered">${items.map((item) => html`<li>${item}</li>`)}</ol>`;
  if (items.length <= maxOpen) return items.length > 0 ? list : null;
  return html`<details><summary>The ${items.length} ${what}</summary>${list}</details>`;
}

const maxOpen = 10;
