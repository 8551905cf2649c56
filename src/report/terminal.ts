/** A record as a terminal shows it. */
import { essayResults } from '../../bench/suites.ts';
import type { Details } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { describe } from '../machine/describe.ts';
import type { Overall, Record, Result } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';
import { caseColumns, meanColumns, meanRows } from './columns.ts';
import { excerptOfFile } from './excerpt.ts';
import { duration, interval, minute, multiple, range } from './format.ts';
import { pairTables } from './pairs.ts';
import { tooFast } from './peak.ts';
import { rankLines } from './ranks.ts';
import { pc } from './screen.ts';
import { tableOf } from './table.ts';
import { unseenText } from './unseen.ts';
import { remedyOf, warningText } from './warnings.ts';

type Suite = Record['suites'][number];
type Rows = ReturnType<typeof meanRows>;

/** `faults`: the errors of candidates by id, where they are known with their places; a record has sentences alone. */
interface Shown {
  readonly perCase?: boolean;
  readonly faults?: ReadonlyMap<string, Details & { readonly message: string }>;
}

export function reportRecord(record: Record, { perCase = false, faults }: Shown = {}): string {
  const suites = record.suites.flatMap((suite) => {
    const rows = meanRows(record, suite.ops, (mean) => mean.suite === suite.name);
    if (rows.length === 0) return [];
    const ops = suite.ops.filter((op) => record.results.some((r) => r.op === op));
    return [
      suiteTable(record, suite, rows),
      ...(perCase ? [...ops.map((op) => caseTable(record, op)), ...pairTables(record, ops)] : []),
      unseenText(record, suite.ops),
      peerLines(rows),
      suite.showsEssayResults ? essayLines(rows) : '',
    ];
  });
  const doubts = tooFast(record).map((line) => pc.yellow(`! ${line}`));
  return [header(record), ...suites, doubts.join('\n'), failureLines(record, faults)].filter(Boolean).join('\n\n');
}

function header(record: Record): string {
  const { runtime, machine, effort, suite, seconds, seed, text } = record;
  return [
    `${pc.bold('nfold')} ${runtime.nfold}   ${describe(machine, runtime)}`,
    `${effort} run of ${suite}, ${minute(record.createdAt)} UTC, ${seconds.toFixed(0)} s, seed ${seed}, text: ${text}`,
    ...(record.interrupted ? [pc.yellow('Interrupted: what follows is what had been measured.')] : []),
    ...record.warnings.map((warning) => pc.yellow(`! ${warningText(warning)}`)),
  ].join('\n');
}

function suiteTable(record: Record, { name, ops }: Suite, rows: Rows): string {
  const legend = pc.dim(
    'mean speedup: arithmetic mean over the cases of baseline time / candidate time\n' +
      'tier W: WebAssembly, which reaches its arena only; J: JavaScript, trusted less' +
      (record.isolation === null ? '' : `; isolation: ${record.isolation}`),
  );
  const passing = rows.filter(({ mean, candidate }) => !mean.peer && candidate?.verdict === 'pass');
  const withheld = passing.flatMap(({ mean: { candidate, withheld } }) => (withheld ? [{ candidate, withheld }] : []));
  return [
    title(record, name, ops),
    tableOf(meanColumns(ops.length > 1), rows),
    legend,
    ...rankLines(rows),
    ...record.overall.filter(({ suite }) => suite === name).map(overallLine),
    ...[...Map.groupBy(withheld, (mean) => mean.withheld)].map(([why, own]) => {
      const remedy = why.startsWith('disturbed')
        ? `. ${remedyOf(
            record,
            own.map(({ candidate }) => candidate),
          )}`
        : '';
      return pc.yellow(`mean withheld: ${why}${remedy}`);
    }),
  ].join('\n');
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

function caseTable(record: Record, op: string): string {
  const own = record.results.filter((r) => r.op === op);
  const shown = own
    .filter(({ speedup, disturbed }) => speedup !== null || disturbed !== null)
    .map((r) => (r.unseen ? { ...r, case: `${r.case} (unseen)` } : r));
  const rows = [...Map.groupBy(shown, (r) => r.case).values()].flatMap((results) =>
    results.map((r, i) => ({ ...r, first: i === 0 })),
  );
  if (rows.length === 0) return `No case of ${op} was timed.`;
  return [tableOf(caseColumns(op), rows), pc.dim(howColumnsAgree), ...disturbedLines(record, shown)].join('\n');
}

const howColumnsAgree =
  "time: the baseline's time divided by the speedup; Gflop/s, GB/s and % of peak follow from it, peaks as measured beside the run";

/** Which speedups are withheld, the reason of the first, and what to do. */
function disturbedLines(record: Record, results: readonly Result[]): string[] {
  const withheld = results.filter(({ disturbed }) => disturbed !== null);
  const [first] = withheld;
  if (!first) return [];
  const what = `disturbed: ${counted(withheld.length, 'speedup')} withheld. ${first.candidate} at ${first.case}: ${first.disturbed}.`;
  return [pc.yellow(`${what} ${remedyOf(record, [first.candidate])}`)];
}

const bestOf = (rows: Rows) =>
  rows.flatMap(({ mean }) => (mean.peer || !mean.arithmetic ? [] : [mean])).sort(byMean)[0];

/** The best candidate against each peer, in geometric means over the cases. */
function peerLines(rows: Rows): string {
  const best = bestOf(rows);
  return rows
    .filter(({ mean }) => mean.peer)
    .map(({ mean, candidate }) => {
      if (candidate?.message) return `  ${candidate.message}`;
      if (!best?.geometric || mean.geometric === null)
        return `  ${mean.candidate}: ${mean.withheld ?? candidate?.about}`;
      const ratio = multiple(best.geometric / mean.geometric);
      return `  ${best.candidate} is ${ratio} as fast as ${candidate?.about} (geometric mean)`;
    })
    .join('\n');
}

/** The essay's figures, with our best mean among them. */
function essayLines(rows: Rows): string {
  const essay = essayResults.map((one) => ({ ...one, line: `  ${`${one.multiple}x`.padStart(7)}  ${one.what}` }));
  const best = bestOf(rows);
  const here = [best?.arithmetic?.value ?? []].flat().map((value) => {
    return { multiple: value, line: pc.bold(pc.cyan(`> ${multiple(value).padStart(7)}  ${best.candidate}, here`)) };
  });
  const rungs = [...essay, ...here].sort((a, b) => b.multiple - a.multiple).map(({ line }) => line);
  const title = "The essay's ladder: mean speedup on a CPU-only small language model training implementation";
  const note = pc.dim('  Its starting code is not public: the multiples are not comparable one to one.');
  return [title, ...rungs, note].join('\n');
}

function failureLines(record: Record, faults: Shown['faults']): string {
  return record.candidates
    .filter(({ peer, verdict }) => !peer && verdict !== 'pass')
    .map(({ candidate, message, replay }) => {
      const fault = faults?.get(candidate);
      const said = fault ? excerptOfFile(fault.message, fault).join('\n') : message;
      return `${pc.red('x')} ${said}${replay ? `\n  again: ${replay}` : ''}`;
    })
    .join('\n');
}
