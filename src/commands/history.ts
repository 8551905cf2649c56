/** nfold history: one candidate over time, as a table that is a chart, the oldest first. */
import { changesSince, historyOf, type Moment } from '../analysis/series.ts';
import { matching } from '../catalog/glob.ts';
import { didYouMean } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { summaries } from '../records/store.ts';
import { interval, minute, multiple, verdictMark } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { inWindow, pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { trackColumns, trackLegend, verdictOf } from '../report/track.ts';
import { wrapped } from '../report/width.ts';
import type { History as HistoryData } from '../schemas/records.ts';
import type { history as declare, FlagsOf } from './flags.ts';
import { words } from './next.ts';

export function history(
  selector: string,
  { case: caseName, wide }: FlagsOf<typeof declare>,
  io: Io,
): Result<HistoryData> {
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
  const head = `${pc.bold(candidate)}   ${what}, ${counted(moments.length, 'record')}, oldest first`;
  const report = () => [wrapped(head), reportMoments(moments), ...inPart(candidate, moments)].join('\n');
  const text = inWindow(wide === true, report);
  return { code: exit.fine, data: { candidate, case: caseName ?? null, history: data }, text };
}

/** The table, whose tracks are the chart. */
function reportMoments(moments: readonly Moment[]): string {
  const lines = moments.map((now, i) => ({ ...now, before: moments[i - 1] }));
  const isDrawn = moments.some(({ speedup }) => speedup);
  return [tableOf(columns(lines), lines), ...(isDrawn ? [pc.dim(wrapped(trackLegend))] : [])].join('\n');
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
    wrapped(
      `${parts.length} ${have} no mean: '${words('history', candidate, '--case', name)}' shows${which} ${parts.length === 1 ? 'it' : 'them'} at one case.`,
    ),
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

const columns = (lines: readonly Line[]): readonly ColumnOf<Line>[] => [
  { head: 'record', yields: 'above', text: ({ record }) => record.name ?? record.id },
  { head: 'when (UTC)', spare: 2, text: ({ record }) => minute(record.createdAt) },
  { head: 'effort', spare: 4, text: ({ record }) => record.effort },
  { head: 'attempt', align: 'right', spare: 3, text: ({ attempt }) => `${attempt ?? '-'}` },
  { head: 'verified', spare: 3, text: ({ verdict }) => verdict, style: verdictMark },
  { head: 'speedup', text: ({ speedup, part }) => multiple(speedup?.value ?? part?.speedup ?? null) },
  { head: '95 % interval', text: ({ speedup }) => interval(speedup), style: pc.dim },
  ...trackColumns(lines, ({ speedup }) => speedup && { interval: speedup, verdict: verdictOf(speedup) }, { spare: 0 }),
  { head: 'what changed', yields: 'fold', text: (line) => [why(line), changes(line)].filter(Boolean).join('; ') },
];

/** Why there is no mean, and what a speedup is of that is no mean of all cases. */
function why({ speedup, part, withheld }: Moment): string {
  if (speedup) return '';
  if (!part) return `none: ${withheld}`;
  return `${part.cases.length === 1 ? `at ${part.cases[0]} alone` : 'of a part'}: ${withheld}`;
}

/** The other changes since the moment before, and the note of the record. */
function changes({ before, ...now }: Line): string {
  const { note } = now.record;
  const found = (before ? changesSince(before, now) : []).map(({ kind, text }) =>
    kind === 'baseline' || kind === 'machine' ? pc.yellow(text) : text,
  );
  return [...found, ...(note ? [`"${note}"`] : [])].join(', ');
}
