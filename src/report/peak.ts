/** The ceilings of a machine as a terminal shows them. */
import pc from 'picocolors';
import { type Ceilings, tookEffect } from '../machine/ceilings.ts';
import { digits } from './format.ts';
import { type Column, table } from './table.ts';

const right = (head: string): Column => ({ head, align: 'right' });

export function reportCeilings(ceilings: Ceilings): string {
  return [fmaTable(ceilings), bandwidthTable(ceilings), revectorizerLine(ceilings.revectorized)].join('\n\n');
}

function fmaTable({ fma }: Ceilings): string {
  const most = Math.max(...fma.map(({ gflops }) => gflops));
  const rows = fma.map(({ bits, threads, gflops }) => [
    `${bits}-bit`,
    `${threads}`,
    digits(gflops),
    bar(gflops / most),
  ]);
  return table([{ head: 'fused multiply-adds' }, right('threads'), right('Gflop/s'), { head: '' }], rows);
}

function bandwidthTable({ bandwidth }: Ceilings): string {
  const most = Math.max(...bandwidth.map(({ read, copy }) => Math.max(read, copy)));
  const rows = bandwidth.map(({ level, bits, threads, bytes, read, write, copy }) => [
    level,
    `${bits}-bit`,
    `${threads}`,
    size(bytes),
    digits(read),
    digits(write),
    digits(copy),
    bar(read / most),
  ]);
  const columns = [right('threads'), right('bytes'), right('read, GB/s'), right('write'), right('copy'), { head: '' }];
  return table([{ head: 'bandwidth' }, { head: 'loads' }, ...columns], rows);
}

/** Twenty cells are the greatest value. */
function bar(share: number): string {
  return pc.cyan('#'.repeat(Math.max(1, Math.round(20 * share))));
}

export function size(bytes: number): string {
  return bytes >= 2 ** 20 ? `${digits(bytes / 2 ** 20)} MiB` : `${digits(bytes / 2 ** 10)} KiB`;
}

/** Whether the flag did anything, by the ratio of rates. */
export function revectorizerLine(ratio: number | null): string {
  if (ratio === null) return 'revectorizer: this V8 has none; 128 bits are the width of a candidate here';
  const took = ratio >= tookEffect ? 'took effect' : 'had no effect';
  return `revectorizer: ${took}: its 256-bit pattern runs at ${digits(ratio)} times the 128-bit rate`;
}
