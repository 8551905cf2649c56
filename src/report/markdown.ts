/** A suite of a record as a Markdown table, with the machine and the date beside it. */
import { describe } from '../machine/fingerprint.ts';
import type { Record } from '../records/schema.ts';
import { byMean, digits, interval, multiple, shortFlags } from './format.ts';

export function markdownSuite(record: Record, suite: string): string {
  const means = record.means.filter((mean) => mean.suite === suite).sort(byMean);
  const head = [
    'candidate',
    'idea',
    'mean speedup',
    '95 % interval',
    'geometric',
    'least..greatest',
    'Gflop/s',
    'threads',
    'flags',
  ];
  const rows = means.map((mean) => {
    const candidate = record.candidates.find((c) => c.candidate === mean.candidate);
    const results = record.results.filter((r) => r.candidate === mean.candidate);
    const rates = results.flatMap(({ gflops }) => gflops ?? []);
    return [
      mean.peer ? `${mean.candidate} (peer)` : mean.candidate.replace(/^.*\//, ''),
      candidate?.about ?? '',
      mean.arithmetic ? `**${multiple(mean.arithmetic.value)}**` : (mean.withheld ?? '').replace(/^.*Error: /, ''),
      mean.arithmetic ? interval(mean.arithmetic) : '',
      multiple(mean.geometric),
      mean.least === null || mean.greatest === null ? '-' : `${digits(mean.least)}..${digits(mean.greatest)}`,
      rates.length > 0 ? `${digits(Math.min(...rates))}..${digits(Math.max(...rates))}` : '-',
      `${results[0]?.threads ?? '-'}`,
      shortFlags(results[0]?.flags ?? []),
    ];
  });
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One line of provenance: what was run, where and when. */
export function markdownSource(record: Record): string {
  const when = record.createdAt.slice(0, 10);
  return `*${when}; ${describe(record.machine, record.runtime)}; a ${record.effort} run, seed ${record.seed}, record ${record.id}.*`;
}
