/** A comparison of records, in a terminal and in Markdown: what differs, the means, each case, and one sentence. */
import { classesOf } from '../analysis/classes.ts';
import type { Change, Compared, Row, Side } from '../analysis/compare.ts';
import { differences, onlyIn, otherBaselines, otherMachine } from '../analysis/differences.ts';
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import { comparisons } from '../stats/verdict.ts';
import { classLines, letter } from './classes.ts';
import { inMarkdown } from './escape.ts';
import { digits, duration, minute, ratioInterval, speedupText } from './format.ts';
import { pc } from './screen.ts';
import { type ColumnOf, markdownTableOf, tableOf } from './table.ts';

export const labelOf = ({ name, id }: Record) => name ?? id;

export function reportCompared(records: readonly Record[], compared: Compared): string {
  const { references } = compared;
  const width = letter(references.length).length;
  const titles = records.map((record, i) => `${letter(i).padEnd(width)}  ${title(record)}`);
  const heads = records.map(({ name }, i) => `${letter(i)} ${name ?? ''}`.trim());
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
    return cases.some(timed) ? drawn(tableOf, cases, { heads, references, lead: [ofCase], times: true }) : '';
  });
  return [
    titles.join('\n'),
    notesOnAll(records, references).join('\n'),
    means.length > 0 ? drawn(tableOf, means, { heads, references, lead: ofMean }) : '',
    ...tables,
    classLines(records, compared).join('\n'),
    sentences(records, compared).map(pc.bold).join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

export function markdownCompared(records: readonly Record[], compared: Compared): string {
  const heads = records.map((record, i) => `${letter(i)} (${labelOf(record)})`);
  const lead: ColumnOf<Row>[] = [
    { head: 'candidate', text: ({ candidate }) => candidate },
    {
      head: 'case',
      text: (row) => row.case ?? `mean of ${row.cases}`,
      markdown: (row) => (row.case === null ? `**mean of ${row.cases}**` : inMarkdown(row.case)),
    },
  ];
  const rows = compared.means.flatMap((row) => [row, ...casesOf(compared, row)]);
  const table = drawn(markdownTableOf, rows, { heads, references: compared.references, lead, repeats: true });
  return [table, ...[...classLines(records, compared), ...sentences(records, compared)].map(inMarkdown)].join('\n\n');
}

const timed = ({ sides }: Row) => sides.some(({ speedup }) => speedup !== null);

const casesOf = ({ cases }: Compared, { op, candidate }: Row) =>
  cases.filter((row) => row.op === op && row.candidate === candidate);

function title({ id, name, createdAt, effort, suite, note, interrupted }: Record): string {
  const said = [name, note && `"${note}"`, interrupted && 'interrupted'].filter(Boolean).join(', ');
  return `${id}  ${minute(createdAt)} UTC, ${effort} run of ${suite}${said ? `  ${pc.dim(said)}` : ''}`;
}

/** Records with the same notes share them. */
function notesOnAll(records: readonly Record[], references: readonly number[]): string[] {
  const named = references.map((reference, i) => ({ reference, record: records[i + 1], of: letter(i + 1) }));
  const notesOf = ({ reference, record }: (typeof named)[number], of: string) =>
    notesOn(records[reference], record, [letter(reference), of]);
  const groups = Map.groupBy(named, (one) => notesOf(one, '').join('\n'));
  return [...groups.values()].flatMap((group) => notesOf(group[0], group.map(({ of }) => of).join(', ')));
}

/** The differences between two records of these letters, and their meaning for the comparison. */
function notesOn(a: Record, b: Record, [from, of]: readonly [from: string, of: string]): string[] {
  const lines = differences(a, b).map(({ what, from, to }) => `  ${what}: ${from} -> ${to}`);
  const only = (where: string, ids: readonly string[]) =>
    ids.length > 0 ? [pc.dim(`Only in ${where}: ${ids.join(', ')}`)] : [];
  return [
    `${from} and ${of}${lines.length > 0 ? ' differ in' : ': same machine, Node, flags, baselines and sources.'}`,
    ...lines,
    ...(otherMachine(a, b) ? [pc.yellow('Another machine: speedups compare, with care; times do not.')] : []),
    ...otherBaselines(a, b).map(({ op }) =>
      pc.yellow(`Forced: the speedups of ${op} are multiples of two different baselines.`),
    ),
    ...only(from, onlyIn(a, b)),
    ...only(of, onlyIn(b, a)),
  ];
}

/** With more records than these, each has a line of its own. */
const maxAbreast = 4;

/** A line of the table: a row of the comparison and, if each record has its own line, the index of that record. */
interface Line {
  readonly row: Row;
  readonly i: number;
}

interface Layout {
  /** The records, as the head of a column or in a column of their own. */
  readonly heads: readonly string[];
  /** For each record but the first, the index of the one that it is compared with. */
  readonly references: readonly number[];
  /** The columns before the numbers. */
  readonly lead: readonly ColumnOf<Row>[];
  readonly times?: boolean;
  /** Whether each line of a row repeats the lead. */
  readonly repeats?: boolean;
}

/** Rows of a comparison, drawn by `tableOf` or `markdownTableOf`. */
function drawn(
  draw: typeof tableOf,
  rows: readonly Row[],
  { heads, references, lead, times, repeats }: Layout,
): string {
  const stacked = heads.length > maxAbreast;
  const isAllToFirst = references.every((reference) => reference === 0);
  const sides = stacked
    ? [{ at: ({ i }: Line) => i, time: 'time', speedup: 'speedup', change: isAllToFirst ? '/ A' : 'ratio' }]
    : heads.map((speedup, j) => {
        const change = `${letter(j)} / ${letter(references[j - 1] ?? 0)}`;
        return { at: () => j, time: `${letter(j)} time`, speedup, change };
      });
  const columns: ColumnOf<Line>[] = [
    ...lead.map(({ head, align, text, markdown }): ColumnOf<Line> => {
      const first = (of: typeof text) => (line: Line) => (line.i === 0 || repeats ? of(line.row) : '');
      return { head, align, text: first(text), ...(markdown && { markdown: first(markdown) }) };
    }),
    ...(stacked ? [{ head: 'record', text: ({ i }: Line) => heads[i] }] : []),
    ...(times ? sides : []).map(({ at, time }): ColumnOf<Line> => {
      return { head: time, align: 'right', spare: 1, text: (line) => duration(line.row.sides[at(line)].timeNs) };
    }),
    ...sides.map(({ at, speedup }) => ({ head: speedup, text: (line: Line) => sideText(line.row.sides[at(line)]) })),
    ...(stacked && !isAllToFirst
      ? [{ head: 'against', text: ({ i }: Line) => (i === 0 ? '' : letter(references[i - 1])) }]
      : []),
    ...(stacked ? sides : sides.slice(1)).flatMap(({ at, change }) =>
      changeColumns(change, (line) => line.row.changes[at(line) - 1]),
    ),
  ];
  const lines = rows.flatMap((row) => (stacked ? heads : ['']).map((_, i) => ({ row, i })));
  return draw(columns, lines);
}

const sideText = ({ speedup, why }: Side) => (speedup ? speedupText(speedup) : (why ?? '-'));

/** Of the words for a comparison. */
export const colours: { readonly [verdict: string]: (text: string) => string } = {
  faster: pc.green,
  slower: pc.red,
  inconclusive: pc.dim,
};

/** The cells of a change; empty for the first record, which is compared with nothing. */
function changeColumns(head: string, of: (line: Line) => Change | undefined): ColumnOf<Line>[] {
  const verdictOf = (change: Change | undefined) => change && (change.verdict ?? '~');
  return [
    { head, align: 'right', text: (line) => of(line)?.ratio?.value.toFixed(3) ?? '' },
    { head: '95 % interval', spare: 2, text: (line) => ratioInterval(of(line)?.ratio ?? null) },
    { head: 'verdict', text: (line) => verdictOf(of(line)) ?? '', style: (text) => (colours[text] ?? String)(text) },
  ];
}

function sentences(records: readonly Record[], compared: Compared): string[] {
  const classes = classesOf(records);
  return compared.references.map((reference, i, { length }) => {
    const other = classes[i + 1] === classes[reference] ? '' : ', of another class of machines';
    return sentence(compared, i, length > 1 ? `${letter(i + 1)} against ${letter(reference)}${other}: ` : '');
  });
}

/** "Of 3 candidates in both: 2 faster (sgemm/a 1.21x, sgemm/b 1.08x); 1 same." */
export function sentence({ means }: Compared, change: number, start: string): string {
  const judged = means.flatMap(({ peer, candidate, changes }) => {
    const { ratio, verdict } = changes[change];
    return peer || !ratio ? [] : [{ verdict, named: `${candidate} ${digits(ratio.value)}x` }];
  });
  if (judged.length === 0) return `${start}No case of a candidate was timed in both: nothing can be said.`;
  const parts = [...comparisons, null].flatMap((verdict) => {
    const found = judged.filter((one) => one.verdict === verdict).map(({ named }) => named);
    if (found.length === 0) return [];
    return [`${found.length} ${verdict ?? 'cannot be judged'}${verdict === 'same' ? '' : ` (${found.join(', ')})`}`];
  });
  return `${start}Of ${counted(judged.length, 'candidate')} in both: ${parts.join('; ')}.`;
}
