/** A comparison of records, in a terminal and in Markdown: what differs, the means, each case, and one sentence. */

import type { Change, Compared, Row, Side } from '../analysis/compare.ts';
import { differences, onlyIn, otherBaselines, otherMachine } from '../analysis/differences.ts';
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import { comparisons } from '../stats/verdict.ts';
import { digits, duration, interval, minute, multiple, ratioInterval } from './format.ts';

import { pc } from './screen.ts';
import { type ColumnOf, markdownTableOf, tableOf } from './table.ts';

export const labelOf = ({ name, id }: Record) => name ?? id;

export function reportCompared(records: readonly Record[], compared: Compared): string {
  const [first, ...others] = records;
  const width = letter(others.length).length;
  const heads = records.map((record, i) => `${letter(i).padEnd(width)}  ${title(record)}`);
  const names = records.map(({ name }, i) => `${letter(i)} ${name ?? ''}`.trim());
  // A peer that is not installed is not worth a line.
  const means = compared.means.filter((row) => !row.peer || timed(row));
  const ofMean: ColumnOf<Row>[] = [
    { head: 'mean speedup of', text: ({ candidate, peer }) => (peer ? `${candidate} (peer)` : candidate) },
    { head: 'cases', align: 'right', text: ({ cases }) => `${cases}` },
  ];
  const tables = means.map((row) => {
    const head = row.candidate.startsWith(`${row.op}/`) ? row.candidate : `${row.op} by ${row.candidate}`;
    const cases = casesOf(compared, row);
    const ofCase: ColumnOf<Row> = { head, text: (one) => one.case ?? '' };
    return cases.some(timed) ? drawn(tableOf, names, cases, { lead: [ofCase], times: true, repeat: false }) : '';
  });
  return [
    heads.join('\n'),
    notesOnAll(first, others).join('\n'),
    means.length > 0 ? drawn(tableOf, names, means, { lead: ofMean, times: false, repeat: false }) : '',
    ...tables,
    sentences(compared, others.length).map(pc.bold).join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

export function markdownCompared(records: readonly Record[], compared: Compared): string {
  const names = records.map((record, i) => `${letter(i)} (${labelOf(record)})`);
  const lead: ColumnOf<Row>[] = [
    { head: 'candidate', text: ({ candidate }) => candidate },
    { head: 'case', text: (row) => row.case ?? `**mean of ${row.cases}**` },
  ];
  const rows = compared.means.flatMap((row) => [row, ...casesOf(compared, row)]);
  const table = drawn(markdownTableOf, names, rows, { lead, times: false, repeat: true });
  return [table, ...sentences(compared, records.length - 1)].join('\n\n');
}

const timed = ({ sides }: Row) => sides.some(({ speedup }) => speedup !== null);

const casesOf = ({ cases }: Compared, { op, candidate }: Row) =>
  cases.filter((row) => row.op === op && row.candidate === candidate);

/** A..Z, AA, AB... */
export function letter(i: number): string {
  const last = String.fromCharCode(65 + (i % 26));
  return i < 26 ? last : letter(Math.floor(i / 26) - 1) + last;
}

function title({ id, name, createdAt, effort, suite, note, interrupted }: Record): string {
  const said = [name, note && `"${note}"`, interrupted && 'interrupted'].filter(Boolean).join(', ');
  return `${id}  ${minute(createdAt)} UTC, ${effort} run of ${suite}${said ? `  ${pc.dim(said)}` : ''}`;
}

/** Records with the same notes share them. */
function notesOnAll(first: Record, others: readonly Record[]): string[] {
  const named = others.map((record, i) => ({ record, of: letter(i + 1) }));
  const groups = Map.groupBy(named, ({ record }) => notesOn(first, record, '').join('\n'));
  return [...groups.values()].flatMap((group) => notesOn(first, group[0].record, group.map(({ of }) => of).join(', ')));
}

/** What differs, and what that means for the comparison. */
function notesOn(a: Record, b: Record, of: string): string[] {
  const lines = differences(a, b).map(({ what, from, to }) => `  ${what}: ${from} -> ${to}`);
  const head = `A and ${of}`;
  const only = [
    { where: 'A', ids: onlyIn(a, b) },
    { where: of, ids: onlyIn(b, a) },
  ];
  return [
    lines.length > 0 ? `${head} differ in` : `${head}: same machine, Node, flags, baselines and sources.`,
    ...lines,
    ...(otherMachine(a, b) ? [pc.yellow('Another machine: speedups compare, with care; times do not.')] : []),
    ...otherBaselines(a, b).map(({ op }) =>
      pc.yellow(`Forced: the speedups of ${op} are multiples of two different baselines.`),
    ),
    ...only.flatMap(({ where, ids }) => (ids.length > 0 ? [pc.dim(`Only in ${where}: ${ids.join(', ')}`)] : [])),
  ];
}

/** More records than these stand below each other, a line each. */
const maxAbreast = 4;

/** A row, and which of its sides the line is about where each has its own. */
interface Line {
  readonly row: Row;
  readonly i: number;
}

interface Layout {
  /** What stands before the numbers. */
  readonly lead: readonly ColumnOf<Row>[];
  readonly times: boolean;
  /** Whether each line of a row repeats the lead. */
  readonly repeat: boolean;
}

/** Rows of a comparison, drawn by `tableOf` or `markdownTableOf`. */
function drawn(draw: typeof tableOf, names: readonly string[], rows: readonly Row[], layout: Layout): string {
  const { lead, times, repeat } = layout;
  const stacked = names.length > maxAbreast;
  const numbers = names.map((_, i) => i);
  const sides = stacked
    ? [{ at: ({ i }: Line) => i, time: 'time', speedup: 'speedup', change: '/ A' }]
    : numbers.map((j) => ({ at: () => j, time: `${letter(j)} time`, speedup: names[j], change: `${letter(j)} / A` }));
  const columns: ColumnOf<Line>[] = [
    ...lead.map(({ head, align, text }) => {
      return { head, align, text: ({ row, i }: Line) => (i === 0 || repeat ? text(row) : '') };
    }),
    ...(stacked ? [{ head: 'record', text: ({ i }: Line) => names[i] }] : []),
    ...(times ? sides : []).map(({ at, time }): ColumnOf<Line> => {
      return { head: time, align: 'right', spare: 1, text: (line) => duration(line.row.sides[at(line)].timeNs) };
    }),
    ...sides.map(({ at, speedup }) => ({ head: speedup, text: (line: Line) => sideText(line.row.sides[at(line)]) })),
    ...(stacked ? sides : sides.slice(1)).flatMap(({ at, change }) =>
      changeColumns(change, (line) => line.row.changes[at(line) - 1]),
    ),
  ];
  return draw(
    columns,
    rows.flatMap((row) => (stacked ? numbers : [0]).map((i) => ({ row, i }))),
  );
}

const sideText = ({ speedup, why }: Side) =>
  speedup ? `${multiple(speedup.value)} ${interval(speedup)}` : (why ?? '-');

const colours: { readonly [verdict: string]: (text: string) => string } = {
  faster: pc.green,
  slower: pc.red,
  inconclusive: pc.dim,
};

/** Of the first record, which is compared with nothing, there is no change. */
function changeColumns(head: string, of: (line: Line) => Change | undefined): ColumnOf<Line>[] {
  const cell = (text: (change: Change) => string) => (line: Line) => {
    const change = of(line);
    return change ? text(change) : '';
  };
  return [
    { head, align: 'right', text: cell(({ ratio }) => ratio?.value.toFixed(3) ?? '') },
    { head: '95 % interval', spare: 2, text: cell(({ ratio }) => ratioInterval(ratio)) },
    { head: 'verdict', text: cell(({ verdict }) => verdict ?? '~'), style: (text) => (colours[text] ?? String)(text) },
  ];
}

function sentences(compared: Compared, changes: number): string[] {
  return Array.from({ length: changes }, (_, i) => sentence(compared, i, changes > 1 ? letter(i + 1) : ''));
}

/** "Of 3 candidates in both: 2 faster (sgemm/a 1.21x, sgemm/b 1.08x); 1 same." */
export function sentence({ means }: Compared, change: number, of: string): string {
  const judged = means.flatMap(({ peer, candidate, changes }) => {
    const { ratio, verdict } = changes[change];
    return peer || !ratio ? [] : [{ verdict, named: `${candidate} ${digits(ratio.value)}x` }];
  });
  const start = of ? `${of} against A: ` : '';
  if (judged.length === 0) return `${start}No candidate was timed in both: nothing can be said.`;
  const parts = [...comparisons, null].flatMap((verdict) => {
    const found = judged.filter((one) => one.verdict === verdict).map(({ named }) => named);
    if (found.length === 0) return [];
    return [`${found.length} ${verdict ?? 'cannot be judged'}${verdict === 'same' ? '' : ` (${found.join(', ')})`}`];
  });
  return `${start}Of ${counted(judged.length, 'candidate')} in both: ${parts.join('; ')}.`;
}
