/** A suite of a record as a Markdown table, with the machine and the date beside it. */
import { suites } from '../../bench/suites.ts';
import { describe } from '../machine/describe.ts';
import type { Mean, Record } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';
import { interval, multiple, range, shortFlags } from './format.ts';

const head = ['candidate', 'idea', 'mean speedup', '95 % interval', 'geometric', 'least..greatest', 'Gflop/s'];
const tail = ['% of peak', 'threads', 'flags'];

/** Op by op, the best candidate first. Where there are several ops, the bytes that each moves are shown as well. */
export function markdownSuite(record: Record, suite: string, ops: readonly string[]): string {
  const several = ops.length > 1;
  const means = ops.flatMap((op) => record.means.filter((mean) => mean.suite === suite && mean.op === op).sort(byMean));
  return markdownMeans(record, means, several, several);
}

/** Of a suite of many ops, the best candidate of each. */
export function markdownBest(record: Record, ops: readonly string[]): string {
  const means = ops.flatMap((op) =>
    record.means
      .filter((mean) => mean.op === op && !mean.peer)
      .sort(byMean)
      .slice(0, 1),
  );
  return markdownMeans(record, means, true, true);
}

/** One op of a suite of many. */
export function markdownOp(record: Record, op: string): string {
  return markdownMeans(record, record.means.filter((mean) => mean.op === op).sort(byMean), false, true);
}

function markdownMeans(record: Record, means: readonly Mean[], withOp: boolean, withBytes: boolean): string {
  const rows = means.map((mean) => {
    const own = (row: { candidate: string; op: string | null }) =>
      row.candidate === mean.candidate && row.op === mean.op;
    const candidate = record.candidates.find(own);
    const results = record.results.filter(own);
    return [
      mean.peer ? `${mean.candidate} (peer)` : withOp ? mean.candidate : mean.candidate.replace(/^.*\//, ''),
      candidate?.about ?? '',
      mean.arithmetic ? `**${multiple(mean.arithmetic.value)}**` : (mean.withheld ?? '').replace(/^.*Error: /, ''),
      mean.arithmetic ? interval(mean.arithmetic) : '',
      multiple(mean.geometric),
      mean.least === null || mean.greatest === null ? '-' : range([mean.least, mean.greatest]),
      range(results.flatMap(({ gflops }) => gflops ?? [])),
      ...(withBytes ? [range(results.flatMap(({ gbPerSecond }) => gbPerSecond ?? []))] : []),
      range(results.flatMap(({ percentOfPeak }) => percentOfPeak ?? [])),
      `${results[0]?.threads ?? '-'}`,
      shortFlags(results[0]?.flags ?? []),
    ];
  });
  return markdownTable([...head, ...(withBytes ? ['GB/s'] : []), ...tail], rows);
}

export function markdownTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n');
}

/** All suites of a record, each under its name. */
export function markdownRecord(record: Record): string {
  const blocks = suites
    .filter(({ name }) => record.means.some(({ suite }) => suite === name))
    .flatMap(({ name, ops }) => [`**${name}**`, markdownSuite(record, name, ops)]);
  return `${[...blocks, markdownSource(record)].join('\n\n')}\n`;
}

/** One line of provenance: what was run, where and when. */
export function markdownSource(record: Record): string {
  const when = record.createdAt.slice(0, 10);
  return `*${when}; ${describe(record.machine, record.runtime)}; a ${record.effort} run, seed ${record.seed}, record ${record.id}.*`;
}
