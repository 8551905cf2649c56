/** Tables: aligned columns without lines, which survive narrow terminals, e-mail and diffs; Markdown. */
import { inMarkdown } from './escape.ts';
import { pc, screen, tableRoom } from './screen.ts';
import { cut, widthOf, wrapped } from './width.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'right';
  /** In a window that is too narrow, the columns with the highest number go first; a column without one stays. */
  readonly spare?: number;
  /**
   * If that is not enough, texts of the first column stand on lines of their own, above the others, those of the last go on in the next
   * line, and plain ones lose their middle.
   */
  readonly yields?: 'above' | 'fold' | 'cut';
}

/** A column with the text of its cells, for a terminal and for Markdown. */
export interface ColumnOf<Row> extends Column {
  /** `width`: that of a picture. */
  text(row: Row, width: number): string;
  /** Colours the text on a terminal. */
  style?(text: string): string;
  /** The Markdown, if it is more than the text. */
  markdown?(row: Row): string;
  readonly only?: 'terminal' | 'markdown';
  /** For a column that takes the room which the others leave: its least and its greatest width, and its head. */
  readonly picture?: { readonly min: number; readonly max: number; ruler(width: number): string };
}

type Rows = readonly (readonly string[])[];

interface Fitted {
  readonly text: string;
  /** The heads of the columns that the window has no room for, if they say anything. */
  readonly hidden: readonly string[];
}

const gap = '  ';
/** Least widths of columns that yield: of what folds at first, of what is cut at last. */
const [leastFolded, leastCut] = [13, 6];

/** One line a row, below the heads. */
export function fit<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): Fitted {
  const room = tableRoom();
  const sized = columns
    .filter(({ only }) => only !== 'markdown')
    .map((column) => {
      const cells = column.picture ? [] : rows.map((row) => oneLine(column.text(row, 0)));
      const size = column.picture?.min ?? Math.max(...[column.head, ...cells].map(widthOf));
      const isFolded = column.yields === 'fold' && size > leastFolded;
      return { column, cells, size: isFolded ? leastFolded : size, more: isFolded ? size - leastFolded : 0 };
    });
  const over = (some: typeof sized) => some.reduce((sum, { size }) => sum + size + gap.length, -gap.length - room);
  const stays = sized.filter(({ column }) => !column.spare);
  const isAbove = sized[0]?.column.yields === 'above' && over(stays) > 0;
  const all = sized.map((one, i) => (isAbove && i === 0 ? { ...one, size: 0 } : one));
  const spares = [...new Set(all.flatMap(({ column }) => column.spare || []))].sort((a, b) => b - a);
  const kept = spares.reduce(
    (shown, spare) => (over(shown) > 0 ? shown.filter(({ column }) => column.spare !== spare) : shown),
    all,
  );
  const shown = shortened(kept, over);
  const pictures = shown.filter(({ column }) => column.picture).length;
  // What folds takes the room that it can use first.
  const left = -over(shown) - shown.reduce((sum, { more }) => sum + more, 0);
  const free = Math.floor(Math.max(0, left) / Math.max(1, pictures));
  const drawn = shown.map(({ column, cells, size: own }) => {
    const { picture, align, yields, text, style = String } = column;
    const size = picture ? Math.min(picture.max, picture.min + free) : own;
    const fitting = (cell: string) => (yields === 'cut' ? cut(cell, size) : cell);
    const padded = (cell: string) => {
      const blanks = ' '.repeat(Math.max(0, size - widthOf(cell)));
      return align === 'right' ? blanks + cell : cell + blanks;
    };
    const head = picture?.ruler(size) ?? fitting(column.head);
    const texts = picture ? rows.map((row) => text(row, size)) : cells.map((cell) => style(fitting(cell)));
    return { size, texts: [head && pc.dim(head), ...texts].map(padded) };
  });
  const indent = ' '.repeat(drawn.slice(0, -1).reduce((sum, { size }) => sum + size + gap.length, 0));
  const folds = shown.at(-1)?.column.yields === 'fold';
  const line = (cells: readonly string[]) => {
    const text = cells.join(gap).trimEnd();
    return folds ? wrapped(text, room, indent) : text;
  };
  const lines = [null, ...rows].flatMap((_, i) => {
    const [first, ...others] = drawn.map(({ texts }) => texts[i]);
    if (!isAbove) return line([first, ...others]);
    return [...(first === '' ? [] : [wrapped(first, room)]), line(['', ...others])];
  });
  const says = ({ column, cells }: (typeof all)[number]) => column.picture || cells.some((cell) => !/^-?$/.test(cell));
  const hidden = all.filter((one) => !kept.includes(one) && says(one)).map(({ column }) => column.head);
  return { text: lines.join('\n'), hidden };
}

/** Takes from the widest of the columns that may be cut, until all fit. */
function shortened<C extends { readonly column: Column; readonly size: number }>(
  columns: readonly C[],
  over: (some: C[]) => number,
): C[] {
  const cuttable = columns.filter(({ column, size }) => column.yields === 'cut' && size > leastCut);
  if (over([...columns]) <= 0 || cuttable.length === 0) return [...columns];
  const widest = cuttable.reduce((a, b) => (b.size > a.size ? b : a));
  return shortened(
    columns.map((one) => (one === widest ? { ...one, size: one.size - 1 } : one)),
    over,
  );
}

/** Says which columns the window hides; empty if there are none. */
export function hiddenLine(heads: readonly string[]): string {
  const named = [...new Set(heads)].filter(Boolean);
  if (named.length === 0) return '';
  const how = screen().wide === undefined ? 'a wider window shows' : '--wide shows';
  return pc.dim(wrapped(`Hidden: ${named.join(', ')}: ${how} ${named.length > 1 ? 'them' : 'it'}`));
}

export function tableOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): string {
  const { text, hidden } = fit(columns, rows);
  return [text, hiddenLine(hidden)].filter(Boolean).join('\n');
}

/** A row has one cell a column, colours allowed. */
export const table = (columns: readonly Column[], rows: Rows): string =>
  tableOf(
    columns.map((column, i) => ({ ...column, text: (row: readonly string[]) => row[i] })),
    rows,
  );

const oneLine = (cell: string) => cell.replace(/\s*\n\s*/g, ' ');

/** Cells are Markdown: what is foreign in them has gone through `inMarkdown`. */
export function markdownTable(heads: readonly string[], rows: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.map(oneLine).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

export function markdownTableOf<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ only }) => only !== 'terminal');
  return markdownTable(
    shown.map(({ head }) => inMarkdown(head)),
    rows.map((row) => shown.map(({ text, markdown }) => markdown?.(row) ?? inMarkdown(text(row, 0)))),
  );
}
