/**
 * The ceilings of a machine as a roofline in characters, log-log: rate against work per byte.
 *
 *   Gflop/s = min(flop / byte * GB/s, peak)
 *
 * A slope is drawn with the sign of its level; where two meet, the lower one shows. Rates are those of all threads, and of the widest loads.
 */
import type { Ceilings } from '../machine/ceilings.ts';
import { digits } from './format.ts';
import { pc, screen } from './screen.ts';
import { wrapped } from './width.ts';

const signs: { readonly [level: string]: string } = { L1: '1', L2: '2', L3: '3', memory: 'm' };
const [maxWidth, height, margin] = [60, 12, 8];

interface Rate {
  readonly key: string;
  readonly threads: number;
  readonly rate: number;
}

/** The greatest rate of each key at the greatest number of threads, in descending order. */
function greatest(all: readonly Rate[]): Rate[] {
  const threads = Math.max(...all.map((one) => one.threads));
  const own = all.filter((one) => one.threads === threads).sort((a, b) => b.rate - a.rate);
  return [...Map.groupBy(own, ({ key }) => key).values()].map(([first]) => first);
}

/** At most 60 columns wide. */
export function rooflinePicture({ fma, bandwidth }: Ceilings): string {
  const peaks = greatest(fma.map(({ bits, threads, gflops: rate }) => ({ key: `${bits}-bit`, threads, rate })));
  const slopes = greatest(
    bandwidth.map(({ level, threads, read, write, copy }) => {
      return { key: level, threads, rate: Math.max(read, write, copy) };
    }),
  );
  if (peaks.length === 0 || slopes.length === 0) return '';
  const [top, fastest, slowest] = [peaks[0].rate, slopes[0].rate, slopes[slopes.length - 1].rate];
  const width = Math.min(maxWidth, screen().columns) - margin;
  // From a quarter of the work per byte at which the fastest level meets the lowest peak, to four times that of the slowest and the highest.
  const [from, to] = [Math.log(peaks[peaks.length - 1].rate / fastest / 4), Math.log((4 * top) / slowest)];
  const bottom = Math.log(slowest) + from;
  const logAt = (column: number) => from + ((to - from) * column) / (width - 1);
  const rowOf = (log: number) => Math.round(((height - 1) * (Math.log(top) - log)) / (Math.log(top) - bottom));
  const columns = Array.from({ length: width }, (_, i) => i);
  const flat = peaks.map(({ key, rate }) => ({ row: rowOf(Math.log(rate)), name: ` ${key} FMA`, rate }));
  const drawnAt = (row: number, column: number) => {
    const x = logAt(column);
    const slope = slopes.findLast(
      ({ rate }) => rowOf(Math.log(rate) + x) === row && Math.log(rate) + x <= Math.log(top),
    );
    const line = flat.find((one) => one.row === row);
    const name = line?.name[column - (width - line.name.length)];
    if (name !== undefined) return name;
    if (slope) return signs[slope.key] ?? slope.key[0];
    return line && Math.log(fastest) + x >= Math.log(line.rate) ? '─' : ' ';
  };
  const lines = Array.from({ length: height }, (_, row) => {
    const label = flat.find((one) => one.row === row)?.rate ?? (row === height - 1 ? Math.exp(bottom) : null);
    return `${(label === null ? '' : digits(label)).padStart(margin - 2)} ┤${pc.cyan(columns.map((column) => drawnAt(row, column)).join(''))}`.trimEnd();
  });
  const blank = ' '.repeat(margin - 1);
  const [left, right] = [digits(Math.exp(from)), `${digits(Math.exp(to))} flop a byte`];
  return [
    pc.dim(wrapped('roofline: Gflop/s that a call can reach, by its work per byte')),
    ...lines,
    `${blank}└${'─'.repeat(width)}`.slice(0, margin + width),
    `${blank} ${left}${right.padStart(width - left.length)}`,
    wrapped(slopes.map(({ key, rate }) => `${signs[key] ?? key[0]} ${key} ${digits(rate)} GB/s`).join(', ')),
  ].join('\n');
}
