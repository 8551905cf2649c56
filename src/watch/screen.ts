/** What `watch` shows: a page on a terminal, a line for each try in a pipe, an object a line with `--json`. */
import type { CandidateFile } from '../catalog/candidates.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { spreadText } from '../judge/pattern.ts';
import { errorOf, verdictText } from '../judge/verdict.ts';
import { excerptOfFile } from '../report/excerpt.ts';
import { digits, duration, multiple, sparkline, speedupText } from '../report/format.ts';
import type { Io } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import type { Watch } from '../schemas/watch.ts';
import type { Interval } from '../stats/interval.ts';
import type { Try } from './tries.ts';

export type Told =
  | { readonly event: 'gone'; readonly file: string }
  /** `cases`: names of those that a try times, of how many the op has. `tries`: all so far, the last one is new. */
  | {
      readonly event: 'try';
      readonly tries: readonly Try[];
      readonly cases: readonly string[];
      readonly of: number;
      readonly files: number;
    };

interface Setting {
  readonly candidate: CandidateFile;
  readonly json: boolean;
}

export function tell(told: Told, setting: Setting, io: Io): void {
  if (setting.json) io.print(JSON.stringify(told.event === 'gone' ? told : asData(told.tries, setting)));
  else if (told.event === 'gone') io.note(`${told.file} is gone: waiting until it is there again`);
  else if (Number.isFinite(io.columns)) io.page(page(told, setting));
  else io.print(line(told.tries));
}

const isPassed = ({ verdict }: Try) => verdict.status === 'pass';

/** The last try, the one that passed before it, and the fastest of all. */
function standing(tries: readonly Try[]) {
  const now = tries[tries.length - 1];
  const timed = tries.filter(({ mean }) => mean !== null);
  const before = timed.filter((one) => one !== now).at(-1) ?? null;
  const best = timed.toSorted((a, b) => (b.mean?.value ?? 0) - (a.mean?.value ?? 0))[0] ?? null;
  return { now, before, best };
}

function asData(tries: readonly Try[], { candidate }: Setting): Watch {
  const { now, before, best } = standing(tries);
  const { verdict, checks, hash, results, mean, waited } = now;
  return {
    event: 'try',
    preview: true,
    try: tries.length,
    candidate: candidate.id,
    file: shown(candidate.file),
    hash,
    verdict: verdict.status,
    checks,
    message: verdict.status === 'pass' ? null : verdictText(verdict),
    failure: verdict.status === 'fail' ? verdict.failure : null,
    spread: (verdict.status === 'fail' && verdict.spread) || null,
    error: errorOf(verdict, shown(candidate.file)),
    results,
    mean,
    before: before?.mean ?? null,
    best: best && { try: tries.indexOf(best) + 1, mean: best.mean },
    seconds: waited,
  };
}

const seconds = (value: number) => `${value.toFixed(1)} s`;

function waits({ waited: { verdict, firstNumber, total } }: Try): string {
  const number =
    firstNumber === null ? '' : `, first number after ${seconds(firstNumber)}, all after ${seconds(total)}`;
  return `verdict after ${seconds(verdict)}${number}`;
}

/** Empty once all checks are made or one has failed. */
function soFar({ verdict, checks: { made, of } }: Try): string {
  return verdict.status === 'pass' && made < of ? ` so far, by ${made} of ${of} checks` : '';
}

/** What is wrong, as lines: an error with its place and the line of the source, or the first wrong element and how far the failure reaches. */
function trouble({ verdict }: Try): string[] {
  if ('message' in verdict) return excerptOfFile(verdict.message, verdict);
  const spread = verdict.status === 'fail' && verdict.spread ? [`  ${spreadText(verdict.spread)}`] : [];
  return [verdictText(verdict), ...spread];
}

function line(tries: readonly Try[]): string {
  const { now, before, best } = standing(tries);
  const head = `#${tries.length}  ${now.verdict.status}${soFar(now)}`;
  if (!isPassed(now)) return [`${head}  (${waits(now)})`, ...trouble(now)].join('\n');
  const than = [
    before?.mean && `before ${multiple(before.mean.value)}`,
    best?.mean && best !== now && `best ${multiple(best.mean.value)}`,
  ].filter(Boolean);
  const beside = than.length > 0 ? ` (${than.join(', ')})` : '';
  return `${head}  preview ${speedupText(now.mean)}${beside}  ${rates(now)}  (${waits(now)})`;
}

function rates({ results }: Try): string {
  const last = results[results.length - 1];
  if (!last) return '';
  const share = last.percentOfPeak === null ? '' : `, ${digits(last.percentOfPeak)} % of peak`;
  return `${digits(last.gflops)} Gflop/s${share} at ${last.case}`;
}

interface Row {
  readonly name: string;
  readonly now: Interval | null;
  readonly before: Interval | null;
  readonly best: Interval | null;
  readonly timeNs: number | null;
  readonly gflops: number | null;
  readonly percentOfPeak: number | null;
}

const right = { align: 'right' } as const;
const columns: readonly ColumnOf<Row>[] = [
  { head: 'case', text: ({ name }) => name },
  { head: 'time', ...right, spare: 2, text: ({ timeNs }) => duration(timeNs) },
  { head: 'speedup now', text: ({ now }) => speedupText(now) },
  { head: 'before', ...right, text: ({ before }) => multiple(before?.value ?? null) },
  { head: 'best', ...right, text: ({ best }) => multiple(best?.value ?? null) },
  { head: 'Gflop/s', ...right, spare: 3, text: ({ gflops }) => digits(gflops) },
  { head: '% of peak', ...right, spare: 1, text: ({ percentOfPeak }) => digits(percentOfPeak) },
];

function page({ tries, cases, of, files }: Extract<Told, { event: 'try' }>, { candidate }: Setting): string {
  const { now, before, best } = standing(tries);
  const row = (name: string): Row => {
    const at = (one: Try | null) => one?.results.find((result) => result.case === name);
    const { timeNs = null, gflops = null, percentOfPeak = null, speedup = null } = at(now) ?? {};
    const others = { before: at(before)?.speedup ?? null, best: at(best)?.speedup ?? null };
    return { name, now: speedup, ...others, timeNs, gflops, percentOfPeak };
  };
  const means = { now: now.mean, before: before?.mean ?? null, best: best?.mean ?? null };
  const mean: Row = { name: 'mean', ...means, timeNs: null, gflops: null, percentOfPeak: null };
  const numbers = [
    tableOf(columns, [...cases.map(row), mean]),
    pc.dim(
      `preview: ${cases.length} of ${counted(of, 'case')}, one process each, in no record; nfold bench ${candidate.id} measures`,
    ),
  ];
  const { verdict } = now;
  return [
    `${pc.bold(candidate.id)}   try ${tries.length}`,
    verdict.status === 'pass'
      ? `${pc.green('pass')}${soFar(now) || `  ${counted(verdict.checks, 'check')}`}, largest error ${verdict.worst.toFixed(3)} of its bound`
      : [pc.red(verdict.status), ...trouble(now)].join('\n'),
    '',
    ...(isPassed(now) ? [...numbers, ''] : []),
    `tries  ${sparkline(tries.map((one) => one.mean?.value ?? null))}${best?.mean ? `   best ${multiple(best.mean.value)} at try ${tries.indexOf(best) + 1}` : ''}`,
    pc.dim(`${waits(now)}; watching ${shown(candidate.file)} and ${counted(files - 1, 'other file')}, Ctrl-C ends`),
  ].join('\n');
}
