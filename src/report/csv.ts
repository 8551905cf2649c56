/** Comma-separated values, one line a candidate and case, quoted as RFC 4180 has it; an empty field is what isn't known. */
import type { Compared } from '../analysis/compare.ts';
import type { Record } from '../records/schema.ts';

type Cell = string | number | boolean | null | undefined;

function csv(rows: readonly (readonly Cell[])[]): string {
  const field = (cell: Cell) => {
    const text = `${cell ?? ''}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

export function recordCsv(record: Record): string {
  const { id, name, createdAt, effort, machine, runtime } = record;
  const head = ['record', 'name', 'createdAt', 'effort', 'cpu', 'node', 'op', 'candidate', 'peer', 'case', 'verdict'];
  const values = [
    'speedup',
    'low',
    'high',
    'comparison',
    'baselineNs',
    'timeNs',
    'gflops',
    'gbPerSecond',
    'percentOfPeak',
  ];
  const rest = ['threads', 'flags', 'tier', 'hash', 'baselineHash'];
  const rows = record.results.map((r) => [
    ...[id, name, createdAt, effort, machine.cpu, runtime.node, r.op, r.candidate, r.peer, r.case, r.verdict],
    ...[r.speedup?.value, r.speedup?.low, r.speedup?.high, r.comparison, r.baseline.timeNs, r.timeNs],
    ...[r.gflops, r.gbPerSecond, r.percentOfPeak],
    ...[r.threads, r.flags.join(' '), r.tier, r.hash, r.baseline.hash],
  ]);
  return csv([[...head, ...values, ...rest], ...rows]);
}

/** One line a candidate, case and record that is compared with the first; the case is empty for the mean. */
export function comparedCsv(records: readonly Record[], { means, cases }: Compared): string {
  const head = ['op', 'candidate', 'peer', 'case', 'cases', 'from', 'to', 'fromSpeedup', 'fromLow', 'fromHigh'];
  const rest = ['toSpeedup', 'toLow', 'toHigh', 'ratio', 'ratioLow', 'ratioHigh', 'verdict'];
  const rows = [...means, ...cases].flatMap((row) =>
    row.changes.map(({ ratio, verdict }, i) => {
      const [from, to] = [row.sides[0].speedup, row.sides[i + 1].speedup];
      return [
        ...[row.op, row.candidate, row.peer, row.case, row.cases, records[0].id, records[i + 1].id],
        ...[from?.value, from?.low, from?.high, to?.value, to?.low, to?.high],
        ...[ratio?.value, ratio?.low, ratio?.high, verdict ?? '~'],
      ];
    }),
  );
  return csv([[...head, ...rest], ...rows]);
}
