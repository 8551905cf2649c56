/** A record as a terminal shows it. */
import type { Details } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { describe } from '../machine/describe.ts';
import type { Overall, Record, Result } from '../records/schema.ts';
import { answer, bestOf } from './answer.ts';
import { caseColumns, type MeanRow, meanColumns, meanMark, meanRows } from './columns.ts';
import { excerptOfFile } from './excerpt.ts';
import { duration, interval, minute, multiple, range } from './format.ts';
import { ladderText } from './ladder.ts';
import { pairTables } from './pairs.ts';
import { tooFast } from './peak.ts';
import { rankLines } from './ranks.ts';
import { pc } from './screen.ts';
import { fit, hiddenLine } from './table.ts';
import { picture, trackLegend } from './track.ts';
import { unseenText } from './unseen.ts';
import { remedyOf, warningText } from './warnings.ts';
import { wrapped } from './width.ts';

type Suite = Record['suites'][number];
type Rows = readonly MeanRow[];

/** `faults`: the errors of candidates by id, where they are known with their places; a record has sentences alone. */
interface Shown {
  readonly perCase?: boolean;
  readonly faults?: ReadonlyMap<string, Details & { readonly message: string }>;
}

export function reportRecord(record: Record, { perCase = false, faults }: Shown = {}): string {
  const shown = record.suites.flatMap((suite) => {
    const rows = meanRows(record, suite.ops, (mean) => mean.suite === suite.name);
    return rows.length === 0 ? [] : [{ suite, rows }];
  });
  const suites = shown.flatMap(({ suite, rows }) => {
    const ops = suite.ops.filter((op) => record.results.some((r) => r.op === op));
    return [
      suiteTable(record, suite, rows),
      ...(perCase ? [...caseTables(record, ops), ...pairTables(record, ops)] : []),
      unseenText(record, suite.ops),
      peerLines(rows),
      suite.showsEssayResults ? essayLines(rows) : '',
    ];
  });
  const answers = shown.map(({ suite, rows }) => wrapped(answer(record, suite.name, rows)));
  const doubts = tooFast(record).map((line) => pc.yellow(wrapped(`! ${line}`)));
  const blocks = [answers.join('\n'), header(record), ...suites, doubts.join('\n'), failureLines(record, faults)];
  return blocks.filter(Boolean).join('\n\n');
}

function header(record: Record): string {
  const { runtime, machine, effort, suite, seconds, seed, text } = record;
  return [
    wrapped(`${pc.bold('nfold')} ${runtime.nfold}   ${describe(machine, runtime)}`),
    wrapped(
      `${effort} run of ${suite}, ${minute(record.createdAt)} UTC, ${seconds.toFixed(0)} s, seed ${seed}, text: ${text}`,
    ),
    ...(record.interrupted ? [pc.yellow('Interrupted: what follows is what had been measured.')] : []),
    ...record.warnings.map((warning) => pc.yellow(wrapped(`! ${warningText(warning)}`))),
  ].join('\n');
}

function suiteTable(record: Record, { name, ops }: Suite, rows: Rows): string {
  const { text, hidden } = fit(meanColumns(rows, ops.length > 1), rows);
  const tiers = 'tier W: WebAssembly, which reaches its arena only; J: JavaScript, trusted less';
  const isolation = record.isolation === null ? [] : [`isolation: ${record.isolation}`];
  const legend = [
    'mean speedup: arithmetic mean over the cases of baseline time / candidate time',
    ...(hidden.includes(picture) || rows.every(({ mean }) => !mean.arithmetic) ? [] : [trackLegend]),
    [...(hidden.includes('tier') ? [] : [tiers]), ...isolation].join('; '),
  ];
  const passing = rows.filter(({ mean, candidate }) => !mean.peer && candidate?.verdict === 'pass');
  const withheld = passing.flatMap(({ mean: { candidate, withheld } }) => (withheld ? [{ candidate, withheld }] : []));
  return [
    wrapped(title(record, name, ops)),
    text,
    hiddenLine(hidden),
    ...legend.filter(Boolean).map((line) => pc.dim(wrapped(line))),
    ...rankLines(rows).map((line) => wrapped(line)),
    ...record.overall.filter(({ suite }) => suite === name).map((overall) => wrapped(overallLine(overall))),
    ...[...Map.groupBy(withheld, (mean) => mean.withheld)].map(([why, own]) => {
      const ids = own.map(({ candidate }) => candidate);
      const remedy = why.startsWith('disturbed') ? `. ${remedyOf(record, ids)}` : '';
      return pc.yellow(wrapped(`mean withheld: ${why}${remedy}`));
    }),
  ]
    .filter(Boolean)
    .join('\n');
}

function title(record: Record, name: string, ops: readonly string[]): string {
  const results = record.results.filter(({ op, unseen }) => ops.includes(op) && !unseen);
  const baselines = new Map(results.map((r) => [`${r.op} ${r.case}`, r.baseline.timeNs ?? 0]));
  const sumNs = [...baselines.values()].reduce((sum, ns) => sum + ns, 0);
  const count = new Set(results.map(({ op }) => op)).size;
  const cases = `${counted(baselines.size, 'case')}${count > 1 ? ` of ${count} ops` : ''}`;
  const pace = `the baseline, plain TypeScript, takes ${duration(sumNs)} for one call of each`;
  return `${pc.bold(name)}   ${cases}; ${sumNs > 0 ? pace : 'none was timed'}`;
}

export function overallLine({ suite, arithmetic, withheld, candidates, cases, ...mean }: Overall): string {
  if (arithmetic === null) return `${suite}: the mean over all ops is withheld: ${withheld}`;
  const spread = `geometric ${multiple(mean.geometric)}, least..greatest ${range([mean.least, mean.greatest])}`;
  return `${pc.bold(suite)}: mean ${pc.bold(multiple(arithmetic.value))} ${interval(arithmetic)} over the ${cases} cases of ${candidates.length} ops, the best candidate of each; ${spread}`;
}

/** A table for each op, and what is to be said of all of them below the last. */
function caseTables(record: Record, ops: readonly string[]): string[] {
  const tables = ops.map((op) => {
    const own = record.results.filter((r) => r.op === op);
    const shown = own
      .filter(({ speedup, disturbed }) => speedup !== null || disturbed !== null)
      .map((r) => (r.unseen ? { ...r, case: `${r.case} (unseen)` } : r));
    const rows = [...Map.groupBy(shown, (r) => r.case).values()].flatMap((results) =>
      results.map((r, i) => ({ ...r, first: i === 0 })),
    );
    if (rows.length === 0) return { text: `No case of ${op} was timed.`, hidden: [], timed: false };
    const { text, hidden } = fit(caseColumns, rows);
    return {
      text: [wrapped(`${pc.bold(op)}, case by case`), text, ...disturbedLines(record, shown)].join('\n'),
      hidden,
      timed: true,
    };
  });
  const hasTimes = tables.some(({ hidden, timed }) => timed && !hidden.includes('time'));
  const notes = [hiddenLine(tables.flatMap(({ hidden }) => hidden)), hasTimes ? pc.dim(wrapped(howColumnsAgree)) : ''];
  const last = tables.findLastIndex(({ timed }) => timed);
  return tables.map(({ text }, i) => (i === last ? [text, ...notes].filter(Boolean).join('\n') : text));
}

const howColumnsAgree =
  "time: the baseline's time divided by the speedup; Gflop/s, GB/s and % of peak follow from it, peaks as measured beside the run";

/** Which speedups are withheld, the reason of the first, and what to do. */
function disturbedLines(record: Record, results: readonly Result[]): string[] {
  const withheld = results.filter(({ disturbed }) => disturbed !== null);
  const [first] = withheld;
  if (!first) return [];
  const what = `disturbed: ${counted(withheld.length, 'speedup')} withheld. ${first.candidate} at ${first.case}: ${first.disturbed}.`;
  return [pc.yellow(wrapped(`${what} ${remedyOf(record, [first.candidate])}`))];
}

/** The best candidate against each peer, in geometric means over the cases. */
function peerLines(rows: Rows): string {
  const best = bestOf(rows)?.mean;
  return rows
    .filter(({ mean }) => mean.peer)
    .map(({ mean, candidate }) => {
      if (candidate?.message) return `  ${candidate.message}`;
      if (!best?.geometric || mean.geometric === null)
        return `  ${mean.candidate}: ${mean.withheld ?? candidate?.about}`;
      const ratio = multiple(best.geometric / mean.geometric);
      return `  ${best.candidate} is ${ratio} as fast as ${candidate?.about} (geometric mean)`;
    })
    .map((line) => wrapped(line))
    .join('\n');
}

/** The essay's figures, with our best mean among them; nothing without one. */
function essayLines(rows: Rows): string {
  const best = bestOf(rows);
  const mark = best && meanMark(best);
  return best && mark ? ladderText([{ name: best.mean.candidate, ...mark }]) : '';
}

function failureLines(record: Record, faults: Shown['faults']): string {
  return record.candidates
    .filter(({ peer, verdict }) => !peer && verdict !== 'pass')
    .map(({ candidate, message, replay }) => {
      const fault = faults?.get(candidate);
      const [said, ...excerpt] = fault ? excerptOfFile(fault.message, fault) : [`${message}`];
      const lines = [wrapped(`${pc.red('x')} ${said}`), ...excerpt, ...(replay ? [`  again: ${replay}`] : [])];
      return lines.join('\n');
    })
    .join('\n');
}
