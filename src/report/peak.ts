/** The ceilings of a machine as a terminal shows them. */
import { type Ceilings, tookEffect } from '../machine/ceilings.ts';
import type { Record } from '../records/schema.ts';
import { bar, digits } from './format.ts';

import { type Column, table } from './table.ts';

/** Characters of the greatest value. */
const barWidth = 20;

const right = (head: string): Column => ({ head, align: 'right' });

export function reportCeilings(ceilings: Ceilings): string {
  return [fmaTable(ceilings), bandwidthTable(ceilings), revectorizerLine(ceilings.revectorized)].join('\n\n');
}

function fmaTable({ fma }: Ceilings): string {
  const max = Math.max(...fma.map(({ gflops }) => gflops));
  const rows = fma.map(({ bits, threads, gflops }) => [
    `${bits}-bit`,
    `${threads}`,
    digits(gflops),
    bar(gflops / max, barWidth),
  ]);
  return table([{ head: 'fused multiply-adds' }, right('threads'), right('Gflop/s'), { head: '' }], rows);
}

function bandwidthTable({ bandwidth }: Ceilings): string {
  const max = Math.max(...bandwidth.map(({ read, copy }) => Math.max(read, copy)));
  const rows = bandwidth.map(({ level, bits, threads, bytes, read, write, copy }) => [
    level,
    `${bits}-bit`,
    `${threads}`,
    size(bytes),
    digits(read),
    digits(write),
    digits(copy),
    bar(read / max, barWidth),
  ]);
  const columns = [right('threads'), right('bytes'), right('read, GB/s'), right('write'), right('copy'), { head: '' }];
  return table([{ head: 'bandwidth' }, { head: 'loads' }, ...columns], rows);
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

/** Results faster than the roofline allows, in words: what shows as more than 100 %. Peers are not ours to doubt. */
export function tooFast({ results }: Pick<Record, 'results'>): string[] {
  return results.flatMap(({ peer, candidate, case: name, percentOfPeak, peak }) => {
    if (peer || peak === null || percentOfPeak === null || percentOfPeak < 100.5) return [];
    const rate = `${digits(peak.value)} ${peak.unit} (${peak.name})`;
    return `suspicious: ${candidate} at ${name} is at ${digits(percentOfPeak)} % of the measured peak of ${rate}: less work was done than the op says, or the peak was measured while the machine was busy ('nfold peak' measures it again)`;
  });
}
