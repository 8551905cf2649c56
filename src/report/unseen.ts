/** Known cases against unseen shapes, as `bench --unseen` timed them. */
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import type { UnseenOf } from '../records/unseen.ts';
import { lineInMarkdown } from './escape.ts';
import { digits, multiple, ratioInterval } from './format.ts';
import { pc } from './screen.ts';
import { type ColumnOf, markdownTableOf, tableOf } from './table.ts';
import { wrapped } from './width.ts';

const right = { align: 'right' } as const;
const ratio = (value: number | null | undefined) => value?.toFixed(3) ?? '-';

const columns: readonly ColumnOf<UnseenOf>[] = [
  {
    head: 'known and unseen',
    yields: 'above',
    text: ({ candidate, peer }) => (peer ? `${candidate} (peer)` : candidate),
  },
  { head: 'known', ...right, text: ({ known }) => multiple(known?.value ?? null) },
  { head: 'unseen', ...right, text: ({ unseen }) => multiple(unseen?.value ?? null) },
  { head: 'gap', ...right, text: ({ gap }) => ratio(gap?.value) },
  { head: '95 % interval', text: ({ gap }) => ratioInterval(gap) },
  { head: 'own pace', ...right, text: ({ pace }) => ratio(pace) },
];

/** The rows of a suite, the smallest gap first. */
function rowsOf({ unseen }: Pick<Record, 'unseen'>, ops: readonly string[]): UnseenOf[] {
  const timed = unseen.filter(({ op, gap }) => ops.includes(op) && gap !== null);
  return timed.sort((a, b) => ops.indexOf(a.op) - ops.indexOf(b.op) || (b.gap?.value ?? 0) - (a.gap?.value ?? 0));
}

const legend = `known: geometric mean of the speedups at the timed cases that the unseen shapes are near; gap: unseen / known
own pace: the candidate's work per time, unseen / known, without the baseline's part; no mean above counts unseen shapes`;

/** One for each op: which shapes stand beside which cases. */
function shapeLines(rows: readonly UnseenOf[]): string[] {
  const ops = new Map(rows.map((row) => [row.op, row.shapes]));
  return [...ops].map(([op, shapes]) => {
    const near = shapes.map((one) => `${one.case} (${digits(one.flop)} times the work of ${one.near})`);
    return `${op}: ${counted(shapes.length, 'unseen shape')}: ${near.join(', ')}`;
  });
}

/** A sentence for each candidate whose gap is clear. */
function verdicts(rows: readonly UnseenOf[]): string[] {
  return rows
    .filter(({ peer, specialCased }) => specialCased && !peer)
    .map(
      ({ candidate, gap, pace }) =>
        `${candidate} is special-cased to the suite: at unseen shapes its speedup is ${ratio(gap?.value)} ${ratioInterval(gap)} of that at the known cases near them, and its own pace ${ratio(pace)}`,
    );
}

/** Empty without unseen shapes. */
export function unseenText(record: Pick<Record, 'unseen'>, ops: readonly string[]): string {
  const rows = rowsOf(record, ops);
  if (rows.length === 0) return '';
  return [
    tableOf(columns, rows),
    pc.dim(wrapped(legend)),
    ...verdicts(rows).map((line) => pc.yellow(wrapped(`! ${line}`))),
  ].join('\n');
}

export function unseenMarkdown(record: Record, ops: readonly string[]): string {
  const rows = rowsOf(record, ops);
  if (rows.length === 0) return '';
  const lines = [...verdicts(rows), ...shapeLines(rows)].map((line) => `- ${lineInMarkdown(line)}`);
  return [markdownTableOf(columns, rows), lines.join('\n')].join('\n\n');
}
