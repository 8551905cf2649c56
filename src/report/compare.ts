/** A comparison of records, in a terminal and in Markdown: what differs, the means, each case, and one sentence. */

import type { Change, Compared, Row, Side } from '../analysis/compare.ts';
import { type Difference, differences, onlyIn, otherBaselines, otherMachine } from '../analysis/differences.ts';
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import { digits, duration, interval, minute, multiple, ratioInterval } from './format.ts';
import { markdownTable } from './markdown.ts';
import { pc } from './screen.ts';
import { type Column, table } from './table.ts';

export const labelOf = ({ name, id }: Record) => name ?? id;

export function reportCompared(records: readonly Record[], compared: Compared): string {
  const [first, ...others] = records;
  const width = letter(others.length).length;
  const heads = records.map((record, i) => `${letter(i).padEnd(width)}  ${title(record)}`);
  const blocks = [heads.join('\n'), notesOnAll(first, others).join('\n')];
  // A peer that is not installed is not worth a line.
  const means = compared.means.filter((row) => !row.peer || timed(row));
  if (means.length > 0) blocks.push(meansTable(records, means));
  for (const row of means) {
    const cases = compared.cases.filter(({ op, candidate }) => op === row.op && candidate === row.candidate);
    if (cases.some(timed)) blocks.push(casesTable(records, row, cases));
  }
  blocks.push(others.map((_, i) => pc.bold(sentence(compared, i, others.length > 1 ? letter(i + 1) : ''))).join('\n'));
  return blocks.filter((block) => block !== '').join('\n\n');
}

const timed = ({ sides }: Row) => sides.some(({ speedup }) => speedup !== null);

/** A..Z, AA, AB... */
export function letter(i: number): string {
  const last = String.fromCharCode(65 + (i % 26));
  return i < 26 ? last : letter(Math.floor(i / 26) - 1) + last;
}

function title({ id, name, createdAt, effort, suite, note, interrupted }: Record): string {
  const said = [name, note && `"${note}"`, interrupted && 'interrupted'].filter(Boolean).join(', ');
  return `${id}  ${minute(createdAt)} UTC, ${effort} run of ${suite}${said ? `  ${pc.dim(said)}` : ''}`;
}

/** Records of which the same is to be said share it. */
function notesOnAll(first: Record, others: readonly Record[]): string[] {
  const named = others.map((record, i) => ({ record, of: letter(i + 1) }));
  const groups = Map.groupBy(named, ({ record }) => notesOn(first, record, '').join('\n'));
  return [...groups.values()].flatMap((group) => notesOn(first, group[0].record, group.map(({ of }) => of).join(', ')));
}

/** What differs, and what that means for the comparison. */
function notesOn(a: Record, b: Record, of: string): string[] {
  const found = differences(a, b);
  const head = `A and ${of}`;
  const lines = found.map(({ what, from, to }: Difference) => `  ${what}: ${from} -> ${to}`);
  const notes =
    lines.length > 0 ? [`${head} differ in`, ...lines] : [`${head}: same machine, Node, flags, baselines and sources.`];
  if (otherMachine(a, b)) {
    notes.push(pc.yellow('Another machine: speedups compare, with care; times do not.'));
  }
  for (const { op } of otherBaselines(a, b)) {
    notes.push(pc.yellow(`Forced: the speedups of ${op} are multiples of two different baselines.`));
  }
  for (const [where, ids] of [
    ['A', onlyIn(a, b)],
    [of, onlyIn(b, a)],
  ] as const) {
    if (ids.length > 0) notes.push(pc.dim(`Only in ${where}: ${ids.join(', ')}`));
  }
  return notes;
}

/** More records than these stand below each other, a line each. */
const maxAbreast = 4;

function meansTable(records: readonly Record[], means: readonly Row[]): string {
  const columns = [{ head: 'mean speedup of' }, { head: 'cases', align: 'right' as const }];
  const rows = means.map((row) => ({
    row,
    lead: [row.peer ? `${row.candidate} (peer)` : row.candidate, `${row.cases}`],
  }));
  return tableOf(records, columns, rows, false);
}

function casesTable(records: readonly Record[], { candidate, op }: Row, cases: readonly Row[]): string {
  const head = candidate.startsWith(`${op}/`) ? candidate : `${op} by ${candidate}`;
  const rows = cases.map((row) => ({ row, lead: [row.case ?? ''] }));
  return tableOf(records, [{ head }], rows, true);
}

interface Led {
  readonly row: Row;
  /** What stands before its numbers. */
  readonly lead: readonly string[];
}

function tableOf(
  records: readonly Record[],
  columns: readonly Column[],
  rows: readonly Led[],
  withTimes: boolean,
): string {
  const names = records.map(({ name }, i) => `${letter(i)} ${name ?? ''}`.trim());
  const change = (head: string): Column[] => [
    { head, align: 'right' },
    { head: '95 % interval', spare: 2 },
    { head: 'verdict' },
  ];
  const time = (head: string): Column[] => (withTimes ? [{ head, align: 'right', spare: 1 }] : []);
  const timeCells = ({ timeNs }: Side) => (withTimes ? [duration(timeNs)] : []);
  if (records.length <= maxAbreast) {
    const times = records.flatMap((_, i) => time(`${letter(i)} time`));
    const changes = records.slice(1).flatMap((_, i) => change(`${letter(i + 1)} / A`));
    return table(
      [...columns, ...times, ...names.map((head) => ({ head })), ...changes],
      rows.map(({ row, lead }) => [...lead, ...row.sides.flatMap(timeCells), ...cells(row)]),
    );
  }
  const lines = rows.flatMap(({ row, lead }) =>
    row.sides.map((side, i) => [
      ...(i === 0 ? lead : lead.map(() => '')),
      names[i],
      ...timeCells(side),
      sideCell(side),
      ...(i === 0 ? ['', '', ''] : changeCells(row.changes[i - 1])),
    ]),
  );
  return table([...columns, { head: 'record' }, ...time('time'), { head: 'speedup' }, ...change('/ A')], lines);
}

const cells = ({ sides, changes }: Row) => [...sides.map(sideCell), ...changes.flatMap(changeCells)];

function sideCell({ speedup, why }: Side): string {
  return speedup ? `${multiple(speedup.value)} ${pc.dim(interval(speedup))}` : (why ?? '-');
}

function changeCells({ ratio, verdict }: Change): string[] {
  if (!ratio) return ['', '', '~'];
  return [ratio.value.toFixed(3), ratioInterval(ratio), mark(verdict)];
}

function mark(verdict: Change['verdict']): string {
  const colour = { faster: pc.green, slower: pc.red, same: String, inconclusive: pc.dim };
  return verdict === null ? '~' : colour[verdict](verdict);
}

/** "2 of 3 candidates are faster (sgemm/a 1.21x, sgemm/b 1.08x), 1 is the same." */
export function sentence({ means }: Compared, change: number, of: string): string {
  const rows = means.filter(({ peer }) => !peer);
  const judged = rows.filter(({ changes }) => changes[change].ratio);
  const start = of ? `${of} against A: ` : '';
  if (judged.length === 0) return `${start}No candidate was timed in both: nothing can be said.`;
  const parts = (['faster', 'slower', 'same', 'inconclusive', null] as const).flatMap((verdict) => {
    const found = judged.filter(({ changes }) => changes[change].verdict === verdict);
    if (found.length === 0) return [];
    const named = found.map(({ candidate, changes }) => `${candidate} ${digits(changes[change].ratio?.value ?? 1)}x`);
    return [`${found.length} ${verdict ?? 'cannot be judged'}${verdict === 'same' ? '' : ` (${named.join(', ')})`}`];
  });
  return `${start}Of ${counted(judged.length, 'candidate')} in both: ${parts.join('; ')}.`;
}

export function markdownCompared(records: readonly Record[], compared: Compared): string {
  const rows = compared.means.flatMap((row) => [
    row,
    ...compared.cases.filter((c) => c.op === row.op && c.candidate === row.candidate),
  ]);
  const lead = (row: Row) => [row.candidate, row.case ?? `**mean of ${row.cases}**`];
  const names = records.map((record, i) => `${letter(i)} (${labelOf(record)})`);
  const plain = ({ speedup, why }: Side) =>
    speedup ? `${multiple(speedup.value)} ${interval(speedup)}` : (why ?? '-');
  const change = ({ ratio, verdict }: Change) =>
    ratio ? [ratio.value.toFixed(3), ratioInterval(ratio), verdict ?? '~'] : ['', '', '~'];
  const changes = records.slice(1).flatMap((_, i) => [`${letter(i + 1)} / A`, '95 % interval', 'verdict']);
  const drawn =
    records.length <= maxAbreast
      ? markdownTable(
          ['candidate', 'case', ...names, ...changes],
          rows.map((row) => [...lead(row), ...row.sides.map(plain), ...row.changes.flatMap(change)]),
        )
      : markdownTable(
          ['candidate', 'case', 'record', 'speedup', '/ A', '95 % interval', 'verdict'],
          rows.flatMap((row) =>
            row.sides.map((side, i) => [
              ...lead(row),
              names[i],
              plain(side),
              ...(i === 0 ? ['', '', ''] : change(row.changes[i - 1])),
            ]),
          ),
        );
  const sentences = records.slice(1).map((_, i) => sentence(compared, i, records.length > 2 ? letter(i + 1) : ''));
  return [drawn, ...sentences].join('\n\n');
}
