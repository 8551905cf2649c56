/** Aligned columns without lines, which survive narrow terminals, e-mail and diffs. */
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { pc, screen } from './screen.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Columns with a number may go where the terminal is too narrow, the highest first. */
  readonly spare?: number;
}

const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left'];
const blank = [...none, 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
const gap = '  ';

/** One cell a column in each row, colours allowed. Columns that may go do so until it fits `width`, or none is left to go. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = screen().columns,
): string {
  const size = (i: number) =>
    Math.max(...[columns[i].head, ...rows.map((row) => row[i])].map((cell) => stripVTControlCharacters(cell).length));
  let shown = columns.map((_, i) => i);
  const total = () => shown.reduce((sum, i) => sum + size(i) + gap.length, -gap.length);
  while (total() > width) {
    const [last] = shown
      .filter((i) => columns[i].spare)
      .sort((a, b) => (columns[b].spare ?? 0) - (columns[a].spare ?? 0));
    if (last === undefined) break;
    shown = shown.filter((i) => i !== last);
  }
  const drawn = new Table({
    chars: { ...Object.fromEntries(blank.map((name) => [name, ''])), middle: gap },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    head: shown.map((i) => pc.dim(columns[i].head)),
    colAligns: shown.map((i) => columns[i].align ?? 'left'),
  });
  for (const row of rows) drawn.push(shown.map((i) => row[i]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
