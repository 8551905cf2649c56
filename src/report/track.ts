/**
 * Intervals as characters on one log axis, where equal lengths are equal factors, and losses are as long as gains:
 *
 *   ┊      ├──●──┤      the value and its interval, beside the mark of 1x
 *   ┼─○────→            inconclusive; the interval goes on beyond the axis
 *   ┊    ◆              a peer or a published figure; no interval is known
 *
 * The axis is fixed by the values and by 1x, since the interval of two rounds may span ten decades.
 */
import type { Interval } from '../stats/interval.ts';
import { type ComparisonVerdict, compare } from '../stats/verdict.ts';
import { colours, multiple } from './format.ts';
import { pc } from './screen.ts';
import type { ColumnOf } from './table.ts';

/** Natural logarithms. */
interface Axis {
  readonly from: number;
  readonly to: number;
}

interface Mark {
  readonly interval: Interval;
  readonly verdict: ComparisonVerdict;
  readonly peer?: boolean;
}

/** The word for an interval; `comparison` is that of the record, which knows the noise. */
export const verdictOf = (interval: Interval, comparison: ComparisonVerdict | null = null): ComparisonVerdict =>
  comparison ?? compare(interval, 0, 0);

const logOf = (value: number) => Math.log(Math.max(value, Number.MIN_VALUE));

/** Intervals widen the axis by a quarter on each side at most. `around`: 1x is in the middle. */
export function axisOf(intervals: readonly Interval[], around = false): Axis {
  const points = [0, ...intervals.map(({ value }) => logOf(value))];
  const [min, max] = [Math.min(...points), Math.max(...points)];
  const slack = Math.max(0.02, (max - min) / 4);
  const edges = intervals.flatMap(({ low, high }) => [low, high]).flatMap((edge) => (edge === null ? [] : logOf(edge)));
  const from = Math.max(min - slack, Math.min(min - 0.02, ...edges));
  const to = Math.min(max + slack, Math.max(max + 0.02, ...edges));
  const reach = Math.max(-from, to);
  return around ? { from: -reach, to: reach } : { from, to };
}

const cellOf = (log: number, { from, to }: Axis, width: number) =>
  Math.round(((width - 1) * (log - from)) / (to - from));

/** Without a mark, what is withheld shows where 1x is. */
export function track(mark: Mark | null, axis: Axis, width: number): string {
  const one = cellOf(0, axis, width);
  if (mark === null) return `${' '.repeat(one)}┊`;
  const { interval, verdict, peer } = mark;
  const [low, at, high] = [interval.low ?? interval.value, interval.value, interval.high ?? interval.value].map(
    (value) => cellOf(logOf(value), axis, width),
  );
  const point = verdict === 'inconclusive' ? (peer ? '◇' : '○') : peer ? '◆' : '●';
  const charOf = (i: number) => {
    if (i === at) return point;
    if (i < low || i > high) return i === one ? '┊' : ' ';
    if (i === low || i === high) return i === low ? '├' : '┤';
    return i === 0 ? '←' : i === width - 1 ? '→' : i === one ? '┼' : '─';
  };
  return (colours[verdict] ?? String)(Array.from({ length: width }, (_, i) => charOf(i)).join(''));
}

/** The head of a track: 1x and the ends of the axis, where there is room. */
function ruler(axis: Axis, width: number): string {
  const labels = [0, axis.to, axis.from].map((log) => {
    const text = log === 0 ? '1x' : multiple(Math.exp(log));
    const start = cellOf(log, axis, width) - Math.floor(text.length / 2);
    return { text, start: Math.max(0, Math.min(width - text.length, start)) };
  });
  return labels.reduce((line, { text, start }) => {
    const [from, to] = [Math.max(0, start - 1), start + text.length];
    return line.slice(from, to + 1).trim() === '' ? line.slice(0, start) + text + line.slice(to) : line;
  }, ' '.repeat(width));
}

/** What the line of hidden columns calls it. */
export const picture = 'picture';

/** A column of tracks on one axis, which needs at least one mark: an array to spread among the columns. */
export function trackColumns<Row>(
  rows: readonly Row[],
  markOf: (row: Row) => Mark | null,
  { around = false, spare = 1 } = {},
): ColumnOf<Row>[] {
  const intervals = rows.flatMap((row) => markOf(row)?.interval ?? []);
  if (intervals.length === 0) return [];
  const axis = axisOf(intervals, around);
  return [
    {
      head: picture,
      only: 'terminal',
      spare,
      // Three labels need more room than two.
      picture: { min: around ? 16 : 12, max: 36, ruler: (width) => ruler(axis, width) },
      text: (row, width) => track(markOf(row), axis, width),
    },
  ];
}

const signs = [
  '● the value',
  '├─┤ its interval',
  '┊ 1x',
  '○ inconclusive',
  '◆ a peer or published',
  '→ beyond the axis',
];

/** A sign and its meaning stay on one line. */
export const trackLegend = `picture, on a log axis: ${signs.map((sign) => sign.replaceAll(' ', '\u00a0')).join(', ')}`;

/** A share as a bar, in eighths of a character; a share of 1 takes the whole `width`. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(8 * width * share);
  return pc.cyan('█'.repeat(eighths >> 3) + ['', ...'▏▎▍▌▋▊▉'][eighths & 7]);
}

/** The shares of rows as bars of at most `max` characters. */
export const barColumn = <Row>(shareOf: (row: Row) => number, max: number, spare = 1): ColumnOf<Row> => ({
  head: '',
  spare,
  picture: { min: 6, max, ruler: () => '' },
  text: (row, width) => bar(shareOf(row), width),
});
