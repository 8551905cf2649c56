/** The ceilings of a machine as a terminal shows them. */
import { type Ceilings, tookEffect } from '../machine/ceilings.ts';
import type { Record } from '../records/schema.ts';
import { digits } from './format.ts';
import { rooflinePicture } from './roofline.ts';
import { type ColumnOf, tableOf } from './table.ts';
import { barColumn } from './track.ts';
import { wrapped } from './width.ts';

/** Characters of the greatest value. */
const barWidth = 20;

const right = { align: 'right' } as const;

export function reportCeilings(ceilings: Ceilings): string {
  const { fma, bandwidth, revectorized } = ceilings;
  const maxFma = Math.max(...fma.map(({ gflops }) => gflops));
  const maxBandwidth = Math.max(...bandwidth.map(({ read, copy }) => Math.max(read, copy)));
  const fmaColumns: ColumnOf<Ceilings['fma'][number]>[] = [
    { head: 'fused multiply-adds', text: ({ bits }) => `${bits}-bit` },
    { head: 'threads', ...right, text: ({ threads }) => `${threads}` },
    { head: 'Gflop/s', ...right, text: ({ gflops }) => digits(gflops) },
    barColumn(({ gflops }) => gflops / maxFma, barWidth),
  ];
  const bandwidthColumns: ColumnOf<Ceilings['bandwidth'][number]>[] = [
    { head: 'bandwidth', text: ({ level }) => level },
    { head: 'loads', text: ({ bits }) => `${bits}-bit` },
    { head: 'threads', ...right, text: ({ threads }) => `${threads}` },
    { head: 'bytes', ...right, spare: 1, text: ({ bytes }) => size(bytes) },
    { head: 'read, GB/s', ...right, text: ({ read }) => digits(read) },
    { head: 'write', ...right, text: ({ write }) => digits(write) },
    { head: 'copy', ...right, text: ({ copy }) => digits(copy) },
    barColumn(({ read }) => read / maxBandwidth, barWidth, 2),
  ];
  const tables = [tableOf(fmaColumns, fma), tableOf(bandwidthColumns, bandwidth)];
  return [...tables, rooflinePicture(ceilings), wrapped(revectorizerLine(revectorized))].join('\n\n');
}

const size = (bytes: number) =>
  bytes >= 2 ** 20 ? `${digits(bytes / 2 ** 20)} MiB` : `${digits(bytes / 2 ** 10)} KiB`;

/** Whether the flag did anything, by the ratio of rates. */
export function revectorizerLine(ratio: number | null): string {
  if (ratio === null) return 'revectorizer: this V8 has none; 128 bits are the width of a candidate here';
  const took = ratio >= tookEffect ? 'took effect' : 'had no effect';
  return `revectorizer: ${took}: its 256-bit pattern runs at ${digits(ratio)} times the 128-bit rate`;
}

/** A sentence for each candidate's result that is faster than the roofline allows, so above 100 % of the peak. */
export function tooFast({ results }: Pick<Record, 'results'>): string[] {
  return results.flatMap(({ peer, candidate, case: name, percentOfPeak, peak }) => {
    if (peer || peak === null || percentOfPeak === null || percentOfPeak < 100.5) return [];
    const rate = `${digits(peak.value)} ${peak.unit} (${peak.name})`;
    return `suspicious: ${candidate} at ${name} is at ${digits(percentOfPeak)} % of the measured peak of ${rate}: less work was done than the op says, or the peak was measured while the machine was busy ('nfold peak' measures it again)`;
  });
}
