/** Tables: aligned columns without lines, which survive narrow terminals, e-mail and diffs; Markdown; comma-separated values. */
import { stripVTControlCharacters } from 'node:util';
import { inMarkdown } from './escape.ts';
import { pc, screen } from './screen.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'right';
  /** On a terminal that is too narrow, the columns with the highest numbers go first; a column without one stays. */
  readonly spare?: number;
}

/** A column with the text of its cells, for a terminal and for Markdown. */
export interface ColumnOf<Row> extends Column {
  text(row: Row): string;
  /** Colours the text on a terminal. */
  style?(text: string): string;
  /** The Markdown, if it is more than the text. */
  markdown?(row: Row): string;
  readonly only?: 'terminal' | 'markdown';
}

type Rows = readonly (readonly string[])[];

const gap = '  ';

/** One line a row, below the heads; a row has one cell a column, colours allowed. Spare columns go until the lines fit the screen. */
export function table(columns: readonly Column[], rows: Rows): string {
  const lines = [columns.map(({ head }) => pc.dim(head)), ...rows].map((line) => line.map(oneLine));
  const sizes = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i]))));
  const shown = new Set(columns.keys());
  const spare = [...shown].filter((i) => columns[i].spare).sort((a, b) => columns[b].spare! - columns[a].spare!);
  const total = () => [...shown].reduce((sum, i) => sum + sizes[i] + gap.length, -gap.length);
  while (total() > screen().columns && spare.length > 0) shown.delete(spare.shift()!);
  const padded = (cell: string, i: number) => {
    const room = ' '.repeat(sizes[i] - widthOf(cell));
    return columns[i].align === 'right' ? room + cell : cell + room;
  };
  const textOf = (line: readonly string[]) => [...shown].map((i) => padded(line[i], i)).join(gap);
  return lines.map((line) => textOf(line).trimEnd()).join('\n');
}

const oneLine = (cell: string) => cell.replace(/\s*\n\s*/g, ' ');

/** Scripts and emoji that a terminal draws two columns wide; a mark takes none. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;
const mark = /\p{Mark}/u;

/** Columns of a terminal that a text takes. */
function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].reduce((sum, c) => sum + (mark.test(c) ? 0 : wide.test(c) ? 2 : 1), 0);
}

export function tableOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ only }) => only !== 'markdown');
  return table(
    shown,
    rows.map((row) => shown.map(({ text, style = String }) => style(text(row)))),
  );
}

/** Cells are Markdown: what is foreign in them has gone through `inMarkdown`. */
export function markdownTable(heads: readonly string[], rows: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.map(oneLine).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

export function markdownTableOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ only }) => only !== 'terminal');
  return markdownTable(
    shown.map(({ head }) => inMarkdown(head)),
    rows.map((row) => shown.map(({ text, markdown }) => markdown?.(row) ?? inMarkdown(text(row)))),
  );
}
