/** The columns of means and of cases, for a terminal and for Markdown. */
import { byCandidate } from '../records/byCandidate.ts';
import type { Mean, Record, Result } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';
import { inMarkdown } from './escape.ts';
import { digits, duration, interval, multiple, parametersText, range, shortFlags, verdictMark } from './format.ts';
import { pc } from './screen.ts';
import type { ColumnOf } from './table.ts';
import { trackColumns, verdictOf } from './track.ts';

/** A mean, and the rest that the record holds of its candidate. */
export type MeanRow = ReturnType<ReturnType<typeof byCandidate>> & { readonly mean: Mean };

/** Op by op, the best mean first. */
export function meanRows(record: Record, ops: readonly string[], wanted: (mean: Mean) => boolean): MeanRow[] {
  const held = byCandidate(record);
  const means = ops.flatMap((op) => record.means.filter((mean) => mean.op === op && wanted(mean)).sort(byMean));
  return means.map((mean) => ({ ...held(mean), mean }));
}

/** On a track; null if the mean is withheld. */
export const meanMark = ({ mean: { arithmetic, comparison, peer } }: Pick<MeanRow, 'mean'>) =>
  arithmetic && { interval: arithmetic, verdict: verdictOf(arithmetic, comparison), peer };

const isAbsent = ({ mean, candidate }: MeanRow) => mean.peer && candidate?.verdict === 'unsupported';

const right = { align: 'right' } as const;

/** GB/s is of use for single ops, which memory may bound, and not for a whole step. */
export const meanColumns = (
  rows: readonly MeanRow[],
  withOp: boolean,
  withBytes = withOp,
): readonly ColumnOf<MeanRow>[] => [
  {
    head: 'candidate',
    yields: 'above',
    text: ({ mean: { candidate, peer } }) =>
      peer ? `${candidate} (peer)` : withOp ? candidate : candidate.replace(/^.*\//, ''),
  },
  { head: 'idea', text: ({ candidate }) => candidate?.about ?? '', only: 'markdown' },
  {
    head: 'verified',
    text: (row) => (isAbsent(row) ? 'absent' : (row.candidate?.verdict ?? 'error')),
    style: (text) => (text === 'absent' ? pc.dim(text) : verdictMark(text)),
    only: 'terminal',
  },
  { head: 'cases', ...right, spare: 5, text: ({ mean }) => `${mean.cases}`, only: 'terminal' },
  {
    head: 'mean speedup',
    text: ({ mean }) => (mean.arithmetic ? multiple(mean.arithmetic.value) : 'withheld'),
    style: (text) => (text === 'withheld' ? text : pc.bold(text)),
    markdown: (row) => {
      const { arithmetic, withheld } = row.mean;
      return arithmetic
        ? `**${multiple(arithmetic.value)}**`
        : isAbsent(row)
          ? 'not installed'
          : inMarkdown(withheld ?? '');
    },
  },
  { head: '95 % interval', text: ({ mean }) => interval(mean.arithmetic), style: pc.dim },
  ...trackColumns(rows, meanMark),
  { head: 'geometric', ...right, spare: 3, text: ({ mean }) => multiple(mean.geometric) },
  { head: 'harmonic', ...right, spare: 6, text: ({ mean }) => multiple(mean.harmonic), only: 'terminal' },
  { head: 'least..greatest', ...right, spare: 4, text: ({ mean }) => range([mean.least, mean.greatest]) },
  { head: 'Gflop/s', ...right, spare: 7, text: ({ results }) => range(results.map(({ gflops }) => gflops)) },
  ...(withBytes
    ? [{ head: 'GB/s', ...right, spare: 9, text: ({ results }: MeanRow) => range(results.map((r) => r.gbPerSecond)) }]
    : []),
  { head: '% of peak', ...right, spare: 7, text: ({ results }) => range(results.map((r) => r.percentOfPeak)) },
  { head: 'threads', ...right, spare: 2, text: ({ results }) => `${results[0]?.threads ?? '-'}` },
  { head: 'tier', spare: 8, text: ({ results }) => results[0]?.tier ?? '-', only: 'terminal' },
  { head: 'flags', spare: 2, text: ({ results }) => shortFlags(results[0]?.flags ?? []) },
];

/** `first` marks the first result of its case, which names the case and the time of its baseline. */
export const caseColumns: readonly ColumnOf<Result & { readonly first: boolean }>[] = [
  { head: 'case', yields: 'above', text: (r) => (r.first ? r.case : '') },
  { head: 'baseline', ...right, spare: 1, text: (r) => (r.first ? duration(r.baseline.timeNs) : '') },
  { head: 'candidate', yields: 'cut', text: (r) => r.candidate.replace(`${r.op}/`, '') },
  { head: 'time', ...right, spare: 2, text: (r) => duration(r.timeNs) },
  { head: 'speedup', ...right, text: (r) => (r.disturbed ? 'disturbed' : multiple(r.speedup?.value ?? null)) },
  { head: '95 % interval', text: (r) => interval(r.speedup) },
  { head: 'Gflop/s', ...right, spare: 3, text: (r) => digits(r.gflops) },
  { head: 'GB/s', ...right, spare: 6, text: (r) => digits(r.gbPerSecond) },
  { head: '% of peak', ...right, spare: 4, text: (r) => digits(r.percentOfPeak) },
  { head: 'peak', spare: 5, text: ({ peak }) => (peak ? `${digits(peak.value)} ${peak.unit}, ${peak.name}` : '') },
  { head: 'parameters', spare: 7, text: ({ parameters }) => parametersText(parameters ?? {}) },
];
