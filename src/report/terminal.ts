/** A record as a terminal shows it. */

import { essayResults, type Suite, suites } from '../../bench/suites.ts';
import { counted } from '../contract/words.ts';
import { describe } from '../machine/describe.ts';
import type { Mean, Overall, Record } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';
import {
  digits,
  duration,
  interval,
  minute,
  multiple,
  parametersText,
  range,
  shortFlags,
  verdictMark,
} from './format.ts';
import { tooFast } from './peak.ts';
import { pc } from './screen.ts';
import { type Column, table } from './table.ts';

export function reportRecord(record: Record, { perCase = false } = {}): string {
  const blocks = [header(record)];
  for (const suite of suites) {
    const means = record.means.filter((mean) => mean.suite === suite.name);
    if (means.length === 0) continue;
    blocks.push(suiteTable(record, suite, means));
    const ops = suite.ops.filter((op) => record.results.some((r) => r.op === op));
    if (perCase) blocks.push(...ops.map((op) => caseTable(record, op)));
    const peers = peerLines(record, suite.ops[0], means);
    if (peers) blocks.push(peers);
    if (suite.showsEssayResults) blocks.push(ladderLines(means));
  }
  const doubts = tooFast(record);
  if (doubts.length > 0) blocks.push(doubts.map((line) => pc.yellow(`! ${line}`)).join('\n'));
  const failures = failureLines(record);
  if (failures) blocks.push(failures);
  return blocks.join('\n\n');
}

function header(record: Record): string {
  const lines = [
    `${pc.bold('nfold')} ${record.runtime.nfold}   ${describe(record.machine, record.runtime)}`,
    `${record.effort} run of ${record.suite}, ${minute(record.createdAt)} UTC, ` +
      `${record.seconds.toFixed(0)} s, seed ${record.seed}, text: ${record.text}`,
  ];
  if (record.interrupted) lines.push(pc.yellow('Interrupted: what follows is what had been measured.'));
  lines.push(...record.warnings.map((warning) => pc.yellow(`! ${warning}`)));
  return lines.join('\n');
}

const suiteColumns: readonly Column[] = [
  { head: 'candidate' },
  { head: 'verified' },
  { head: 'cases', align: 'right', spare: 4 },
  { head: 'mean speedup' },
  { head: 'geometric', align: 'right', spare: 2 },
  { head: 'harmonic', align: 'right', spare: 5 },
  { head: 'least..greatest', align: 'right', spare: 3 },
  { head: 'Gflop/s', align: 'right', spare: 6 },
  { head: '% of peak', align: 'right', spare: 6 },
  { head: 'GB/s', align: 'right', spare: 8 },
  { head: 'threads', align: 'right', spare: 1 },
  { head: 'tier', spare: 7 },
  { head: 'flags', spare: 1 },
];

function suiteTable(record: Record, { name, ops }: Suite, means: readonly Mean[]): string {
  const rows = inOrder(ops, means).map((mean) => {
    const { op } = mean;
    const candidate = record.candidates.find((c) => c.candidate === mean.candidate && c.op === op);
    const results = record.results.filter((r) => r.candidate === mean.candidate && r.op === op);
    const { arithmetic } = mean;
    const id = ops.length > 1 ? mean.candidate : mean.candidate.replace(`${op}/`, '');
    return [
      mean.peer ? `${mean.candidate} (peer)` : id,
      candidate?.message?.includes('not installed') ? pc.dim('absent') : verdictMark(candidate?.verdict ?? 'error'),
      `${mean.cases}`,
      arithmetic ? `${pc.bold(multiple(arithmetic.value))} ${pc.dim(interval(arithmetic))}` : 'withheld',
      multiple(mean.geometric),
      multiple(mean.harmonic),
      mean.least === null ? '-' : range([mean.least, mean.greatest as number]),
      range(results.flatMap(({ gflops }) => gflops ?? [])),
      range(results.flatMap(({ percentOfPeak }) => percentOfPeak ?? [])),
      range(results.flatMap(({ gbPerSecond }) => gbPerSecond ?? [])),
      `${results[0]?.threads ?? '-'}`,
      results[0]?.tier ?? '-',
      shortFlags(results[0]?.flags ?? []),
    ];
  });
  // Bytes say something where memory may be the bound: of an op alone, not of a whole step.
  const shown = suiteColumns.map((_, i) => i).filter((i) => ops.length > 1 || suiteColumns[i].head !== 'GB/s');
  const drawn = table(
    shown.map((i) => suiteColumns[i]),
    rows.map((row) => shown.map((i) => row[i])),
  );
  const legend = pc.dim(
    'mean speedup: arithmetic mean over the cases of baseline time / candidate time, [95 % interval]\n' +
      'tier W: WebAssembly, which reaches its arena only; J: JavaScript, trusted less' +
      (record.isolation === null ? '' : `; isolation: ${record.isolation}`),
  );
  const passing = means.filter(
    ({ peer, candidate }) => !peer && record.candidates.find((c) => c.candidate === candidate)?.verdict === 'pass',
  );
  const reasons = new Set(passing.flatMap(({ withheld }) => withheld ?? []));
  const notes = [...reasons].map((reason) => pc.yellow(`mean withheld: ${reason}`));
  const overall = record.overall.find(({ suite }) => suite === name);
  return [title(record, name, ops), drawn, legend, ...(overall ? [overallLine(overall)] : []), ...notes].join('\n');
}

function title(record: Record, name: string, ops: readonly string[]): string {
  const results = record.results.filter(({ op }) => ops.includes(op));
  const baselines = new Map(results.map((r) => [`${r.op} ${r.case}`, r.baseline.timeNs ?? 0]));
  const sweep = [...baselines.values()].reduce((sum, ns) => sum + ns, 0);
  const count = new Set(results.map(({ op }) => op)).size;
  const cases = `${counted(baselines.size, 'case')}${count > 1 ? ` of ${count} ops` : ''}`;
  const pace =
    sweep > 0 ? `the baseline, plain TypeScript, takes ${duration(sweep)} for one call of each` : 'none was timed';
  return `${pc.bold(name)}   ${cases}; ${pace}`;
}

export function overallLine({
  suite,
  arithmetic,
  geometric,
  least,
  greatest,
  cases,
  candidates,
  withheld,
}: Overall): string {
  if (arithmetic === null) return `${suite}: the mean over all ops is withheld: ${withheld}`;
  const mean = `${pc.bold(multiple(arithmetic.value))} ${interval(arithmetic)}`;
  const rest = `geometric ${multiple(geometric)}, least..greatest ${range([least as number, greatest as number])}`;
  return `${pc.bold(suite)}: mean ${mean} over the ${cases} cases of ${candidates.length} ops, the best candidate of each; ${rest}`;
}

/** Op by op in the order of the suite, the best first. */
function inOrder(ops: readonly string[], means: readonly Mean[]): Mean[] {
  return ops.flatMap((op) => means.filter((mean) => mean.op === op).sort(byMean));
}

const caseColumns: readonly Column[] = [
  { head: 'case' },
  { head: 'baseline', align: 'right' },
  { head: 'candidate' },
  { head: 'time', align: 'right' },
  { head: 'speedup', align: 'right' },
  { head: '95 % interval', spare: 1 },
  { head: 'Gflop/s', align: 'right', spare: 2 },
  { head: 'GB/s', align: 'right', spare: 5 },
  { head: '% of peak', align: 'right', spare: 3 },
  { head: 'peak', spare: 4 },
  { head: 'parameters', spare: 6 },
];

function caseTable(record: Record, op: string): string {
  const results = record.results.filter((r) => r.op === op && r.speedup !== null);
  if (results.length === 0) return `No case of ${op} was timed.`;
  let previous = '';
  const rows = [...results]
    .sort((a, b) => order(record, a.case, op) - order(record, b.case, op))
    .map((r) => {
      const first = r.case !== previous;
      previous = r.case;
      return [
        first ? r.case : '',
        first ? duration(r.baseline.timeNs) : '',
        r.candidate.replace(`${op}/`, ''),
        duration(r.timeNs),
        multiple(r.speedup?.value ?? null),
        r.speedup ? interval(r.speedup) : '',
        r.gflops === null ? '-' : digits(r.gflops),
        r.gbPerSecond === null ? '-' : digits(r.gbPerSecond),
        r.percentOfPeak === null ? '-' : digits(r.percentOfPeak),
        r.peak === null ? '' : `${digits(r.peak.value)} ${r.peak.unit}, ${r.peak.name}`,
        r.parameters === null ? '' : parametersText(r.parameters),
      ];
    });
  const [head, ...rest] = caseColumns;
  return table([{ ...head, head: `${op}: case` }, ...rest], rows);
}

/** The place of a case among those of its op, as first listed. */
function order(record: Record, name: string, op: string): number {
  return record.results.findIndex((r) => r.op === op && r.case === name);
}

/** The best candidate against each peer, in geometric means over the cases: "3.1x faster than ...". */
function peerLines(record: Record, op: string, means: readonly Mean[]): string {
  const [best] = means.filter(({ peer, geometric }) => !peer && geometric !== null).sort(byMean);
  return means
    .filter(({ peer }) => peer)
    .map((mean) => {
      const { message = null, about = null } =
        record.candidates.find((c) => c.candidate === mean.candidate && c.op === op) ?? {};
      if (message !== null) return `  ${mean.candidate}: ${message.replace(/^.*?Error: /, '')}`;
      if (!best || mean.geometric === null) return `  ${mean.candidate}: ${mean.withheld ?? about}`;
      const ratio = (best.geometric as number) / mean.geometric;
      return `  ${best.candidate} is ${multiple(ratio)} as fast as ${about} (geometric mean)`;
    })
    .join('\n');
}

/** The essay's figures, with our best mean on its rung. */
function ladderLines(means: readonly Mean[]): string {
  const [best] = means.filter(({ peer, arithmetic }) => !peer && arithmetic !== null).sort(byMean);
  const rungs = essayResults.map(({ multiple: value, what }) => ({
    value,
    line: `  ${`${value}x`.padStart(7)}  ${what}`,
  }));
  if (best?.arithmetic) {
    const { value } = best.arithmetic;
    rungs.push({ value, line: pc.bold(pc.cyan(`> ${multiple(value).padStart(7)}  ${best.candidate}, here`)) });
  }
  rungs.sort((a, b) => b.value - a.value);
  const title = "The essay's ladder: mean speedup on a CPU-only small language model training implementation";
  const note = pc.dim('  Its starting code is not public: the multiples are not comparable one to one.');
  return [title, ...rungs.map(({ line }) => line), note].join('\n');
}

function failureLines(record: Record): string {
  return record.candidates
    .filter(({ peer, verdict }) => !peer && verdict !== 'pass')
    .map(({ message, replay }) => `${pc.red('x')} ${message}${replay ? `\n  again: ${replay}` : ''}`)
    .join('\n');
}
