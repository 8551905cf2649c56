/** A comparison of records, in a terminal and in Markdown: what differs, the means, each case, and one sentence. */
import { classesOf } from '../analysis/classes.ts';
import type { Change, Compared, Row, Side } from '../analysis/compare.ts';
import { differences, onlyIn, otherBaselines, otherMachine } from '../analysis/differences.ts';
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import { comparisons } from '../stats/verdict.ts';
import { classLines, letter } from './classes.ts';
import { inMarkdown } from './escape.ts';
import { colours, digits, duration, interval, minute, multiple, ratioInterval, speedupText } from './format.ts';
import { pc, tableRoom } from './screen.ts';
import { type ColumnOf, fit, hiddenLine, markdownTableOf } from './table.ts';
import { picture, trackColumns, trackLegend } from './track.ts';
import { wrapped } from './width.ts';

export const labelOf = ({ name, id }: Record) => name ?? id;

export function reportCompared(records: readonly Record[], compared: Compared): string {
  const { references } = compared;
  const width = letter(references.length).length;
  const titles = records.map((record, i) => `${letter(i).padEnd(width)}  ${title(record)}`);
  const heads = records.map(({ name }, i) => `${letter(i)} ${name ?? ''}`.trim());
  // A peer that is not installed is not worth a line.
  const means = compared.means.filter((row) => !row.peer || timed(row));
  const ofMean: ColumnOf<Row>[] = [
    { head: 'mean speedup of', yields: 'above', text: nameOf },
    { head: 'cases', align: 'right', spare: 3, text: ({ cases }) => `${cases}` },
  ];
  const ofCase: ColumnOf<Row> = { head: 'case', yields: 'above', text: (one) => one.case ?? '' };
  const maxAbreast = tableRoom() < Number.POSITIVE_INFINITY ? 2 : maxAbreastWide;
  const drawn = (rows: readonly Row[], lead: ColumnOf<Row>[], times = false) =>
    fit(...layout(rows, { heads, references, lead, times, maxAbreast }));
  const tables = means.flatMap((row) => {
    const head = row.candidate.startsWith(`${row.op}/`) ? row.candidate : `${row.op} by ${row.candidate}`;
    const cases = casesOf(compared, row);
    if (!cases.some(timed)) return [];
    const { text, hidden } = drawn(cases, [ofCase], true);
    return [{ text: `${wrapped(`${pc.bold(head)}, case by case`)}\n${text}`, hidden }];
  });
  const all = [...(means.length > 0 ? [drawn(means, ofMean)] : []), ...tables];
  const hidden = all.flatMap((one) => one.hidden);
  // A window without room for tracks beside the means has room for them below.
  const isBelow = means.length > 0 && all[0].hidden.includes(picture);
  const below = isBelow ? tracksOf(means, references) : '';
  const drawsTracks = compared.means.some(({ changes }) => changes.some(({ ratio }) => ratio));
  return [
    wrapped(titles.join('\n')),
    wrapped(notesOnAll(records, references).join('\n')),
    ...all.slice(0, 1).map(({ text }) => [text, below].filter(Boolean).join('\n\n')),
    ...tables.map(({ text }) => text),
    [hiddenLine(hidden), drawsTracks ? pc.dim(wrapped(trackLegend)) : ''].filter(Boolean).join('\n'),
    wrapped(classLines(records, compared).join('\n')),
    sentences(records, compared)
      .map((line) => pc.bold(wrapped(line)))
      .join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

const nameOf = ({ candidate, peer }: Row) => (peer ? `${candidate} (peer)` : candidate);

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
  const given = { heads, references: compared.references, lead, repeats: true, maxAbreast: maxAbreastWide };
  const table = markdownTableOf(...layout(rows, given));
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
const maxAbreastWide = 4;

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
  readonly maxAbreast: number;
}

/** The columns and the lines of rows of a comparison. */
function layout(
  rows: readonly Row[],
  { heads, references, lead, times, repeats, maxAbreast }: Layout,
): [ColumnOf<Line>[], Line[]] {
  const stacked = heads.length > maxAbreast;
  const isAllToFirst = references.every((reference) => reference === 0);
  const sides = stacked
    ? [{ at: ({ i }: Line) => i, of: '', speedup: 'speedup', change: isAllToFirst ? '/ A' : 'ratio' }]
    : heads.map((speedup, j) => {
        const change = `${letter(j)} / ${letter(references[j - 1] ?? 0)}`;
        return { at: () => j, of: ` of ${letter(j)}`, speedup, change };
      });
  const lines = rows.flatMap((row) => (stacked ? heads : ['']).map((_, i): Line => ({ row, i })));
  const columns: ColumnOf<Line>[] = [
    ...lead.map(({ text, markdown, ...column }): ColumnOf<Line> => {
      const first = (of: typeof markdown & {}) => (line: Line) => (line.i === 0 || repeats ? of(line.row) : '');
      return { ...column, text: first((row) => text(row, 0)), ...(markdown && { markdown: first(markdown) }) };
    }),
    ...(stacked ? [{ head: 'record', yields: 'cut' as const, text: ({ i }: Line) => heads[i] }] : []),
    ...(times ? sides : []).map(({ at, of }): ColumnOf<Line> => {
      return { head: `time${of}`, align: 'right', spare: 4, text: (line) => duration(line.row.sides[at(line)].timeNs) };
    }),
    ...sides.flatMap(({ at, of, speedup }) => sideColumns(speedup, of, (line) => line.row.sides[at(line)])),
    ...(stacked && !isAllToFirst
      ? [{ head: 'over', text: ({ i }: Line) => (i === 0 ? '' : letter(references[i - 1])) }]
      : []),
    ...(stacked ? sides : sides.slice(1)).flatMap(({ at, change }) => {
      const changeOf = (line: Line) => line.row.changes[at(line) - 1];
      const markOf = (line: Line) => changeMark(line.row, changeOf(line));
      return [...changeColumns(change, changeOf), ...trackColumns(lines, markOf, aroundOne)];
    }),
  ];
  return [columns, lines];
}

/** A speedup and its interval, which are one cell in Markdown. */
function sideColumns(head: string, of: string, sideOf: (line: Line) => Side): ColumnOf<Line>[] {
  const text = (shown: (speedup: Interval) => string) => (line: Line) => {
    const { speedup, why } = sideOf(line);
    return speedup ? shown(speedup) : (why ?? '-');
  };
  return [
    { head, only: 'markdown', text: text(speedupText) },
    { head, only: 'terminal', yields: 'cut', text: text(({ value }) => multiple(value)) },
    { head: `interval${of}`, only: 'terminal', spare: 2, text: (line) => interval(sideOf(line).speedup) },
  ];
}

/** The cells of a change; empty for the first record, which is compared with nothing. */
function changeColumns(head: string, of: (line: Line) => Change | undefined): ColumnOf<Line>[] {
  const verdictOf = (change: Change | undefined) => change && (change.verdict ?? '~');
  return [
    { head, align: 'right', text: (line) => of(line)?.ratio?.value.toFixed(3) ?? '' },
    { head: '95 % interval', text: (line) => ratioInterval(of(line)?.ratio ?? null) },
    { head: 'verdict', text: (line) => verdictOf(of(line)) ?? '', style: (text) => (colours[text] ?? String)(text) },
  ];
}

/** 1x is in the middle, so that a loss is as long as a gain. */
const aroundOne = { around: true };

const changeMark = ({ peer }: Row, change: Change | undefined) =>
  change?.ratio ? { interval: change.ratio, verdict: change.verdict ?? ('inconclusive' as const), peer } : null;

/** The changes of the means as tracks alone. */
function tracksOf(means: readonly Row[], references: readonly number[]): string {
  const known = means.filter(({ changes }) => changes.some(({ ratio }) => ratio));
  const lines = known.flatMap((row) => row.changes.map((change, i) => ({ row, change, i })));
  const columns: ColumnOf<(typeof lines)[number]>[] = [
    { head: 'change of the mean', yields: 'above', text: ({ row, i }) => (i === 0 ? nameOf(row) : '') },
    { head: '', text: ({ i }) => `${letter(i + 1)} / ${letter(references[i])}` },
    ...trackColumns(lines, ({ row, change }) => changeMark(row, change), { ...aroundOne, spare: 0 }),
  ];
  return fit(columns, lines).text;
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
