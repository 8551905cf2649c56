/** nfold history: one candidate over time, as a table and a line. */
import { changesSince, historyOf, type Moment } from '../analysis/series.ts';
import { matching } from '../catalog/glob.ts';
import { didYouMean } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { summaries } from '../records/store.ts';
import { chart } from '../report/chart.ts';
import { digits, interval, minute, multiple, verdictMark } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc, screen } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import type { History as HistoryData } from '../schemas/records.ts';
import { words } from './next.ts';

export function history(selector: string, { case: caseName }: { readonly case?: string }, io: Io): Result<HistoryData> {
  const { summaries: records, damaged } = summaries();
  damaged.forEach(io.warn);
  if (records.length === 0) throw new NfoldError("There is no record here yet: 'nfold bench' makes one.", exit.nothing);
  const ids = new Set(records.flatMap(({ candidates }) => candidates.map((c) => c.candidate)));
  const candidate = chosen(selector, [...ids]);
  const moments = historyOf(records, candidate, caseName);
  if (caseName !== undefined && moments.every(({ speedup }) => speedup === null)) {
    const results = records.flatMap((record) => record.results.filter((r) => r.candidate === candidate && !r.unseen));
    const cases = [...new Set(results.flatMap((r) => (r.speedup ? r.case : [])))].join(', ');
    const which = cases === '' ? 'no record has its time at any case' : `its cases are ${cases}`;
    throw new NfoldError(`No record times ${candidate} at '${caseName}': ${which}.`, 'unknown-name');
  }
  const data = moments.map(({ record: { id, name, note, createdAt, effort }, ...rest }) => {
    return { record: id, name, note, createdAt, effort, ...rest };
  });
  const what = caseName === undefined ? 'mean speedup' : `speedup at ${caseName}`;
  const values = moments.flatMap(({ speedup }) => speedup?.value ?? []);
  const legend = pc.dim(`${what}, ${values.length} records, oldest first`);
  const head = `${pc.bold(candidate)}   ${counted(moments.length, 'record')}`;
  const lines = moments.map((now, i) => ({ ...now, before: moments[i - 1] }));
  return {
    code: exit.fine,
    data: { candidate, case: caseName ?? null, history: data },
    text: [
      head,
      tableOf(columns(what), lines),
      ...(values.length > 1 ? ['', curve(values), legend] : []),
      ...inPart(candidate, moments),
    ].join('\n'),
  };
}

/** A sentence on the records that have no mean as they time some of the cases only: which case shows most of them. */
function inPart(candidate: string, moments: readonly Moment[]): string[] {
  const parts = moments.flatMap(({ part }) => part ?? []);
  const [most] = [
    ...Map.groupBy(
      parts.flatMap(({ cases }) => cases),
      String,
    ),
  ].sort(([, a], [, b]) => b.length - a.length);
  if (!most) return [];
  const [name, { length }] = most;
  const which = length === parts.length ? '' : ` ${length} of`;
  const have =
    parts.length === 1 ? 'record times only some cases, so it has' : 'records time only some cases, so they have';
  return [
    `${parts.length} ${have} no mean: '${words('history', candidate, '--case', name)}' shows${which} ${parts.length === 1 ? 'it' : 'them'} at one case.`,
  ];
}

function chosen(selector: string, known: readonly string[]): string {
  if (known.includes(selector)) return selector;
  const found = matching(selector, known);
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw new NfoldError(
      `'${selector}' matches ${found.length} candidates: give one of ${found.join(', ')}.`,
      'ambiguous-name',
    );
  const hint = didYouMean(selector, known).trim() || null;
  throw new NfoldError(`No record holds a candidate called '${selector}'.`, 'unknown-name', { hint });
}

/** A moment beside the one before it. */
type Line = Moment & { readonly before: Moment | undefined };

const columns = (what: string): readonly ColumnOf<Line>[] => [
  { head: 'when (UTC)', text: ({ record }) => minute(record.createdAt) },
  { head: 'record', text: ({ record }) => record.name ?? record.id },
  { head: 'effort', spare: 2, text: ({ record }) => record.effort },
  { head: 'attempt', align: 'right', spare: 1, text: ({ attempt }) => `${attempt ?? '-'}` },
  { head: 'verified', text: ({ verdict }) => verdict, style: verdictMark },
  { head: what, text: measured },
  { head: 'what changed', text: changes },
];

/** The speedup, or that of a part of the cases, or why there is none. */
function measured({ speedup, part, withheld }: Moment): string {
  if (speedup) return `${multiple(speedup.value)} ${pc.dim(interval(speedup))}`;
  if (!part) return pc.dim(`none: ${withheld}`);
  const over = part.cases.length === 1 ? ` at ${part.cases[0]}` : '';
  return `${multiple(part.speedup)}${over} ${pc.dim(`(${withheld})`)}`;
}

/** The other changes since the moment before, and the note of the record. */
function changes({ before, ...now }: Line): string {
  const { note } = now.record;
  const found = (before ? changesSince(before, now) : []).map(({ kind, text }) =>
    kind === 'baseline' || kind === 'machine' ? pc.yellow(text) : text,
  );
  return [...found, ...(note ? [`"${note}"`] : [])].join(', ');
}

function curve(values: readonly number[]): string {
  const { columns } = screen();
  const width = Math.max(10, (Number.isFinite(columns) ? columns : 80) - 12);
  return chart([values.slice(-width)], { height: 8, format: (value: number) => `${digits(value)}x`.padStart(8) });
}
