/** Tables: aligned columns without lines, which survive narrow terminals, e-mail and diffs; Markdown; comma-separated values. */
import { stripVTControlCharacters } from 'node:util';

import { pc, screen } from './screen.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Columns with a number may go where the terminal is too narrow, the highest first. */
  readonly spare?: number;
}

/** A column that knows its cells, for a terminal and for Markdown. */
export interface ColumnOf<Row> extends Column {
  text(row: Row): string;
  /** Colours of a terminal. */
  style?(text: string): string;
  /** Where Markdown says more. */
  markdown?(row: Row): string;
  readonly only?: 'terminal' | 'markdown';
}

const gap = '  ';

/** One cell a column in each row, colours allowed. Columns that may go do so until it fits `width`, or none is left to go. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = screen().columns,
): string {
  const lengthOf = (cell: string) => stripVTControlCharacters(cell).length;
  const sizes = columns.map(({ head }, i) => Math.max(...[head, ...rows.map((row) => row[i])].map(lengthOf)));
  let shown = columns.map((_, i) => i);
  while (shown.reduce((sum, i) => sum + sizes[i] + gap.length, -gap.length) > width) {
    const [first] = shown
      .filter((i) => columns[i].spare)
      .sort((a, b) => (columns[b].spare ?? 0) - (columns[a].spare ?? 0));
    if (first === undefined) break;
    shown = shown.filter((i) => i !== first);
  }
  const padded = (cell: string, i: number) => {
    const space = ' '.repeat(sizes[i] - lengthOf(cell));
    return columns[i].align === 'right' ? space + cell : cell + space;
  };
  return [columns.map(({ head }) => pc.dim(head)), ...rows]
    .map((cells) =>
      shown
        .map((i) => padded(cells[i], i))
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

export function tableOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ only }) => only !== 'markdown');
  return table(
    shown,
    rows.map((row) => shown.map(({ text, style = String }) => style(text(row)))),
  );
}

export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

export function markdownTableOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ only }) => only !== 'terminal');
  return markdownTable(
    shown.map(({ head }) => head),
    rows.map((row) => shown.map(({ text, markdown = text }) => markdown(row))),
  );
}
