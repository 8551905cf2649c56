/** Aligned columns without lines, which survive narrow terminals, e-mail and diffs. */
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Columns with a number may go where the terminal is too narrow, the highest first. */
  readonly spare?: number;
}

const gap = '  ';

/**
 * Text with one line a row, below the heads; `rows` have one cell a column, colours allowed. Spare columns go until the lines fit
 * `width`, in characters of a terminal.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = terminalWidth(),
): string {
  const lines = [columns.map(({ head }) => pc.dim(head)), ...rows];
  const sizes = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i]))));
  const shown = new Set(columns.keys());
  const spare = [...shown].filter((i) => columns[i].spare).sort((a, b) => columns[b].spare! - columns[a].spare!);
  const total = () => [...shown].reduce((sum, i) => sum + sizes[i] + gap.length, -gap.length);
  while (total() > width && spare.length > 0) shown.delete(spare.shift()!);
  const padded = (cell: string, i: number) => {
    const room = ' '.repeat(sizes[i] - widthOf(cell));
    return columns[i].align === 'right' ? room + cell : cell + room;
  };
  return lines
    .map((line) =>
      [...shown]
        .map((i) => padded(line[i], i))
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

/** Scripts and emoji that a terminal draws two columns wide; marks stand above the letter before them. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;
const mark = /\p{Mark}/u;

/** Columns of a terminal that a text takes. */
function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].reduce((sum, c) => sum + (mark.test(c) ? 0 : wide.test(c) ? 2 : 1), 0);
}

/** Columns of the terminal; in a pipe or a file there is room for all. */
function terminalWidth(): number {
  return process.stdout.isTTY ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
}
