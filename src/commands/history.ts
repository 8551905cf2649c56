/** nfold history: one candidate over time, as a table and a line. */
import { plot } from 'asciichart';
import { historyOf, type Moment } from '../analysis/series.ts';
import { matching } from '../catalog/glob.ts';
import { didYouMean } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { summaries } from '../records/store.ts';
import { digits, interval, minute, multiple, verdictMark } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc, screen } from '../report/screen.ts';
import { table } from '../report/table.ts';

export function history(selector: string, { case: caseName }: { readonly case?: string }, io: Io): Result {
  const { summaries: records, damaged } = summaries();
  damaged.forEach(io.warn);
  if (records.length === 0) throw new NfoldError("There is no record here yet: 'nfold bench' makes one.", exit.nothing);
  const candidate = chosen(selector, [
    ...new Set(records.flatMap(({ candidates }) => candidates.map((c) => c.candidate))),
  ]);
  const moments = historyOf(records, candidate, caseName);
  if (caseName !== undefined && moments.every(({ speedup }) => speedup === null)) {
    const cases = new Set(
      records.flatMap(({ results }) => results.filter((r) => r.candidate === candidate).map((r) => r.case)),
    );
    throw new NfoldError(
      `No record times ${candidate} at '${caseName}': its cases are ${[...cases].join(', ') || 'none'}.`,
      exit.nothing,
    );
  }
  const data = moments.map(({ record: { id, name, note, createdAt, effort }, ...rest }) => ({
    ...{ record: id, name, note, createdAt, effort },
    ...rest,
  }));
  const what = caseName === undefined ? 'mean speedup' : `speedup at ${caseName}`;
  const values = moments.flatMap(({ speedup }) => speedup?.value ?? []);
  const line =
    values.length > 1 ? `\n\n${chart(values)}\n${pc.dim(`${what}, ${values.length} records, oldest first`)}` : '';
  return {
    code: exit.fine,
    data: { candidate, case: caseName ?? null, history: data },
    text: `${pc.bold(candidate)}   ${counted(moments.length, 'record')}\n${rows(moments, what)}${line}`,
  };
}

function chosen(selector: string, known: readonly string[]): string {
  if (known.includes(selector)) return selector;
  const found = matching(selector, known);
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    throw new NfoldError(
      `'${selector}' matches ${found.length} candidates, and a history is of one: give one of ${found.join(', ')}.`,
    );
  }
  throw new NfoldError(`No record holds a candidate called '${selector}'.${didYouMean(selector, known)}`, exit.nothing);
}

function rows(moments: readonly Moment[], what: string): string {
  const columns = [
    { head: 'when (UTC)' },
    { head: 'record' },
    { head: 'effort', spare: 2 },
    { head: 'attempt', align: 'right' as const, spare: 1 },
    { head: 'verified' },
    { head: what },
    { head: 'what changed' },
  ];
  const body = moments.map((moment, i) => {
    const { record, speedup, verdict, attempt } = moment;
    return [
      minute(record.createdAt),
      record.name ?? record.id,
      record.effort,
      `${attempt ?? '-'}`,
      verdictMark(verdict),
      speedup ? `${multiple(speedup.value)} ${pc.dim(interval(speedup))}` : '-',
      [...changes(moment, moments[i - 1]), record.note ? `"${record.note}"` : ''].filter(Boolean).join(', '),
    ];
  });
  return table(columns, body);
}

function changes(now: Moment, before: Moment | undefined): string[] {
  if (!before) return [];
  const differ = (pick: (moment: Moment) => unknown) => pick(now) !== pick(before);
  return [
    differ(({ hash }) => hash) ? 'source' : '',
    differ(({ baselineHash }) => baselineHash) ? pc.yellow('baseline') : '',
    differ(({ record }) => record.runtime.node) ? `Node ${now.record.runtime.node}` : '',
    differ(({ record }) => record.machine.cpu) ? pc.yellow(`machine ${now.record.machine.cpu}`) : '',
  ].filter(Boolean);
}

function chart(values: readonly number[]): string {
  const { columns } = screen();
  const width = Math.max(10, (Number.isFinite(columns) ? columns : 80) - 12);
  const shown = values.slice(-width);
  return plot([...shown], { height: 8, format: (value: number) => `${digits(value)}x`.padStart(8) });
}
