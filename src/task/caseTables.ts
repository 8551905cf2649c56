/** The cases of attempts beside each other, known and unseen ones apart. */
import { counted } from '../contract/words.ts';
import type { Score } from '../records/score.ts';
import { digits, interval, multiple } from '../report/format.ts';
import { pc, screen } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { unseenText } from '../report/unseen.ts';
import { wrapped } from '../report/width.ts';
import type { NameOf } from './summary.ts';

const right = { align: 'right' } as const;

/** Without --wide, the cases of so many attempts. */
const maxAttempts = 4;

export function caseTable(title: string, counting: readonly Score[], nameOf: NameOf, unseen: boolean): string {
  const timed = counting.filter(
    ({ verdict, cases }) => verdict === 'pass' && cases.some((one) => one.unseen === unseen),
  );
  if (timed.length === 0) return '';
  const shown = screen().wide ? timed : timed.slice(0, maxAttempts);
  const all = shown.flatMap((score) => score.cases.map((one) => ({ ...one, name: nameOf(score) })));
  const cases = Map.groupBy(
    all.filter((one) => one.unseen === unseen),
    (one) => `${one.op} ${one.case}`,
  );
  const rows = [...cases.values()].flatMap((own) => own.map((one, i) => ({ ...one, isFirst: i === 0 })));
  type Row = (typeof rows)[number];
  const withOp = new Set(rows.map(({ op }) => op)).size > 1;
  const weight: ColumnOf<Row> = {
    ...{ head: 'weight', ...right },
    text: (one) => (one.weight === null ? '-' : `${(100 * one.weight).toFixed(0)} %`),
  };
  const columns: ColumnOf<Row>[] = [
    {
      head: 'case',
      yields: 'above',
      text: (one) => (one.isFirst ? [...(withOp ? [one.op] : []), one.case].join(' ') : ''),
    },
    { head: 'attempt', yields: 'cut', text: ({ name }) => name },
    {
      head: 'speedup',
      ...right,
      text: (one) => (one.speedup ? multiple(one.speedup.value) : one.disturbed ? 'disturbed' : '-'),
    },
    { head: '95 % interval', text: ({ speedup }) => interval(speedup) },
    ...(unseen ? [] : [weight]),
    { head: '% of peak', ...right, spare: 1, text: ({ percentOfPeak }) => digits(percentOfPeak) },
  ];
  const more = timed.length - shown.length;
  return [
    wrapped(pc.bold(title)),
    tableOf(columns, rows),
    ...(unseen
      ? []
      : [pc.dim(wrapped("weight: the case's share of the sum of the speedups, its weight in the arithmetic mean"))]),
    ...(more > 0 ? [wrapped(`The cases of ${counted(more, 'more attempt')} show with --wide.`)] : []),
  ].join('\n');
}

/** How far each falls behind at unseen shapes. */
export function gapTable(counting: readonly Score[], nameOf: NameOf): string {
  const unseen = counting.flatMap((score) =>
    score.unseen.map((one) => {
      const candidate = score.unseen.length === 1 ? nameOf(score) : `${nameOf(score)}: ${one.op}`;
      return { ...one, shapes: [...one.shapes], candidate };
    }),
  );
  return unseenText({ unseen }, [...new Set(unseen.map(({ op }) => op))]);
}
