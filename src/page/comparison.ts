/** Two records, case by case: what became faster or slower, and what cannot be told. */
import { classesOf } from '../analysis/classes.ts';
import { compareRecords, type Row } from '../analysis/compare.ts';
import { differences, onlyIn, otherBaselines, otherMachine } from '../analysis/differences.ts';
import { counted } from '../contract/words.ts';
import { logAxis, within } from '../draw/axis.ts';
import { chart, type Drawing, estimateMark, isNarrow, type Look, speedupGrid } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, listed, shortened, shortName, times } from '../draw/words.ts';
import type { Record } from '../records/schema.ts';
import { labelOf } from '../report/compare.ts';
import { minute, ratioInterval } from '../report/format.ts';
import type { Interval } from '../stats/interval.ts';
import { withMore } from './more.ts';
import type { Section, Table } from './section.ts';

import type { Subject, View } from './subject.ts';

/** Two records, and the ops whose suites have them as their newest and their first. */
interface Pair {
  readonly from: Record;
  readonly to: Record;
  /** Records between the two, which are compared with the first as well. */
  readonly others: readonly Record[];
  readonly ops: readonly string[];
}

/** Candidates whose cases are seen at once. */
const maxShown = 3;
/** With more cases, those at both ends are drawn, this many each. */
const maxEnds = 10;
const maxDifferences = 8;

export function comparisons({ records, views }: Subject): Section[] {
  const classes = classesOf(records);
  const pairs = views.flatMap((view) => pairOf(view, records, classes));
  const groups = Map.groupBy(pairs, ({ from, to }) => `${from.id} ${to.id}`);
  return [...groups.values()].map((own, i, { length }) => {
    const pair = { ...own[0], ops: own.flatMap(({ ops }) => ops) };
    return sectionOf(pair, length > 1 ? `${i + 1}` : '');
  });
}

/** The newest against the first of its class of machines or, where there is no other, against the first of all. */
function pairOf({ suite, record }: View, records: readonly Record[], classes: readonly string[]): Pair[] {
  const at = records.indexOf(record);
  const before = records.slice(0, at).filter(({ suites }) => suites.some(({ name }) => name === suite.name));
  const own = before.filter((one) => classes[records.indexOf(one)] === classes[at]);
  const [from] = [...own, ...before];
  return from ? [{ from, to: record, others: own.slice(1), ops: suite.ops }] : [];
}

function sectionOf({ from, to, others, ops }: Pair, number: string): Section {
  const compared = compareRecords([from, to]);
  const groups = compared.means.filter(comparableOf(from, to, ops)).map((mean) => {
    const cases = compared.cases.filter((row) => row.op === mean.op && row.candidate === mean.candidate);
    return { mean, cases: cases.toSorted(byRatio) };
  });
  const shown = groups.filter(({ cases }) => cases.some(ratioOf)).toSorted(byGroup);
  const ratios = shown.flatMap(({ mean, cases }) => [mean, ...cases].flatMap((row) => ratioOf(row) ?? []));
  const means = shown.map(({ mean }) => mean);
  const across = otherMachine(from, to);
  const between = others.flatMap((other) =>
    compareRecords([from, other])
      .means.filter((row) => comparableOf(from, other, ops)(row) && ratioOf(row))
      .map((row) => ({ row, record: other })),
  );
  return {
    id: `comparison${number}`,
    name: `Comparison ${number}`.trim(),
    title: comparisonTitle(
      groups.map(({ mean }) => mean),
      { across, forbidden: otherBaselines(from, to).length > 0 },
    ),
    caption: html`<p>Speedups of ${named(to)} over those of ${named(from)}${shown.length > 0 ? key : '.'}</p>${differenceList(from, to)}`,
    note: [...warnings(from, to, ops), ...without(groups.map(({ mean }) => mean))].map((text) => html`<p>${text}</p>`),
    body: [
      means.length > 1
        ? figure(
            'Means',
            means,
            ratios,
            ({ candidate, op, peer }) =>
              `${ops.length > 1 ? candidate : shortName(candidate, op)}${peer ? ' (peer)' : ''}`,
          )
        : null,
      withMore(shown.toSorted(byChange), maxShown, 'candidate', ({ mean, cases }) => {
        const rows = cases.length > 1 ? [mean, ...ends(cases)] : cases;
        return figure(
          mean.candidate,
          rows,
          ratios,
          (row) => row.case ?? `mean of ${counted(row.cases, 'case')}`,
          cases.length,
        );
      }),
    ],
    table:
      shown.length > 0
        ? tableOf(
            [...shown.flatMap(({ mean, cases }) => [mean, ...cases].map((row) => ({ row, record: to }))), ...between],
            others.length > 0,
          )
        : null,
  };
}

const key =
  ', on a log scale: a gain is as long as a loss of the same factor. A triangle to the right is faster, one to the left slower, a filled circle the same, and a hollow one cannot be told: its 95 % interval is too wide.';

/** Tells rows of these ops whose baseline is the same in both. */
function comparableOf(from: Record, to: Record, ops: readonly string[]): (row: Row) => boolean {
  const others = otherBaselines(from, to).map(({ op }) => op);
  return ({ op }) => ops.includes(op) && !others.includes(op);
}

const ratioOf = ({ changes }: Row) => changes[0].ratio;
const byRatio = (a: Row, b: Row) => (ratioOf(b)?.value ?? -1) - (ratioOf(a)?.value ?? -1);
const byGroup = (a: { readonly mean: Row }, b: { readonly mean: Row }) =>
  Number(a.mean.peer) - Number(b.mean.peer) || byRatio(a.mean, b.mean);
/** Losses come as early as gains. */
const byChange = (a: { readonly mean: Row }, b: { readonly mean: Row }) => sizeOf(b.mean) - sizeOf(a.mean);
const sizeOf = (row: Row) => (row.peer ? -1 : Math.abs(Math.log(ratioOf(row)?.value ?? 1)));
const ends = (cases: readonly Row[]) =>
  cases.length > 2 * maxEnds ? [...cases.slice(0, maxEnds), ...cases.slice(-maxEnds)] : cases;

const named = (record: Record) =>
  html`<b>${labelOf(record)}</b> (${minute(record.createdAt)} UTC, ${record.effort} run${record.interrupted && ', interrupted'})`;

export function comparisonTitle(means: readonly Row[], { across = false, forbidden = false } = {}): string {
  const own = means.filter((row) => !row.peer && ratioOf(row));
  const where = across ? ', on another machine' : ' as before';
  if (own.length === 0)
    return forbidden
      ? 'The baselines differ, so the records do not compare'
      : 'No case of a candidate was timed in both records';
  if (own.length === 1) {
    const [
      {
        candidate,
        changes: [{ ratio, verdict }],
      },
    ] = own;
    const fast = `${times(ratio?.value ?? 1)} as fast${where}`;
    if (verdict === 'faster') return `${candidate} is ${fast}`;
    if (verdict === 'slower') return `${candidate} is slower: ${fast}`;
    if (verdict === 'same') return `${candidate} is as fast${across ? ' on another machine' : where}`;
    return `Whether ${candidate} changed cannot be told: ${verdict ? 'the intervals are too wide' : 'a record has one round only'}`;
  }
  const count = (...verdicts: unknown[]) => own.filter(({ changes }) => verdicts.includes(changes[0].verdict)).length;
  const parts = [
    [count('faster'), 'faster'],
    [count('slower'), 'slower'],
    [count('same'), 'the same'],
  ] as const;
  const told = parts.flatMap(([found, what]) => (found > 0 ? [`${found} ${found === 1 ? 'is' : 'are'} ${what}`] : []));
  const unsure = count('inconclusive', null);
  if (told.length === 0) return `Whether any of ${own.length} candidates changed cannot be told`;
  const said = [...told, ...(unsure > 0 ? [`${unsure} cannot be told`] : [])];
  return `Of ${own.length} candidates, ${listed(said)}${across ? where : ''}`;
}

function differenceList(from: Record, to: Record): Markup {
  const found = differences(from, to).map((one) => `${one.what}: ${one.from} → ${one.to}`);
  if (found.length === 0) return html`<p>Machine, Node, flags, baselines and sources are the same.</p>`;
  const rest = found.length - maxDifferences;
  const items = found.slice(0, maxDifferences).map((text) => html`<li>${text}</li>`);
  return html`<p>What else differs:</p><ul>${items}${rest > 0 && html`<li>and ${rest} more, which nfold compare lists</li>`}</ul>`;
}

function warnings(from: Record, to: Record, ops: readonly string[]): string[] {
  const baselines = otherBaselines(from, to).flatMap(({ op }) => (ops.includes(op) ? [op] : []));
  const only = [from, to].flatMap((one, i, [a, b]) => {
    const ids = i === 0 ? onlyIn(a, b) : onlyIn(b, a);
    return ids.length > 0
      ? [
          `Only in ${labelOf(one)}: ${listed(ids.slice(0, maxDifferences))}${ids.length > maxDifferences ? ' and others' : ''}.`,
        ]
      : [];
  });
  return [
    ...(otherMachine(from, to) ? ['Another machine: speedups compare, with care; times do not.'] : []),
    ...(baselines.length > 0
      ? [
          `The baseline of ${listed(baselines)} is another one, so these speedups are left out: measure both sides with one nfold.`,
        ]
      : []),
    ...only,
  ];
}

/** Candidates of both records that have no ratio. */
function without(means: readonly Row[]): string[] {
  const ids = means.filter((row) => !row.peer && !ratioOf(row)).map(({ candidate }) => candidate);
  return ids.length > 0 ? [`No case was timed in both of ${listed(ids)}.`] : [];
}

function figure(
  name: string,
  rows: readonly Row[],
  ratios: readonly Interval[],
  nameOf: (row: Row) => string,
  cases = 0,
): Markup {
  const label = `${name}: ${rows.map((row) => `${nameOf(row)} ${said(row)}`).join(', ')}.`;
  const left =
    cases > 0 && cases > rows.length ? `, ${cases - rows.length + 1} cases between these are in the table` : '';
  return html`<div class="panel"><h3>${name} <span class="dim">${left.slice(2)}</span></h3>${chart(label, (width) => drawn(width, rows, ratios, nameOf))}</div>`;
}

const looks: { readonly [verdict: string]: Look } = {
  faster: { kind: 'faster', shape: 'right' },
  slower: { kind: 'slower', shape: 'left' },
  same: { kind: 'cand' },
};

const wordOf = ({ changes: [{ ratio, verdict }], sides }: Row): string =>
  ratio ? (verdict ?? 'one round') : (sides[1].why ?? sides[0].why ?? 'not timed in both');
const factor = (value: number) => `${value.toFixed(value < 10 ? 3 : 1)}×`;
const said = (row: Row) => [ratioOf(row) && factor(ratioOf(row)?.value ?? 1), wordOf(row)].filter(Boolean).join(' ');

/** `ratios`: what the axis holds, and their inverses, so that 1 is in its middle. */
function drawn(
  width: number,
  rows: readonly Row[],
  ratios: readonly Interval[],
  nameOf: (row: Row) => string,
): Drawing {
  const narrow = isNarrow(width);
  const [left, right, pitch, first] = narrow ? [8, width - 8, 40, 46] : [236, width - 236, 24, 38];
  const both = within(ratios).flatMap((ratio) => [ratio, 1 / ratio]);
  const axis = logAxis(both, { left, right }, { always: [1, 1.05, 1 / 1.05] });
  const height = first + pitch * (rows.length - 1) + 14;
  const marks = rows.map((row, i) => {
    const y = first + pitch * i;
    const [{ ratio, verdict }] = row.changes;
    const look = looks[verdict ?? ''] ?? { kind: 'cand', unsure: true };
    const isMean = row.case === null;
    const weight = isMean ? 'b' : '';
    const label = nameOf(row);
    const numbers = ratio && ratio.low !== null && !narrow ? ratioInterval(ratio) : '';
    return html`<g class="compared">
      ${narrow && html`<rect x="0" y=${y - 26} width=${width} height="18" class="mask" />`}
      <text x=${narrow ? left : 0} y=${narrow ? y - 12 : y + 4} class="lab ${weight}">${shortened(label, narrow ? 24 : 33)}</text>
      ${ratio && estimateMark(axis, y, ratio, { ...look, size: isMean ? 6 : 4.5 })}
      <text x=${narrow ? right : right + 18} y=${narrow ? y - 12 : y + 4} class="lab ${weight} ${ratio ? look.kind : 'dim'}" text-anchor=${narrow ? 'end' : 'start'}>${said(row)}<tspan class="dim" dx="7">${numbers}</tspan></text>
    </g>`;
  });
  return { height, marks: [speedupGrid(axis, { top: 22, bottom: height - 2 }), marks] };
}

function tableOf(rows: readonly { readonly row: Row; readonly record: Record }[], withRecord: boolean): Table {
  return {
    of: 'the comparison',
    columns: [
      ...[{ head: 'candidate' }, { head: 'case' }, ...(withRecord ? [{ head: 'record' }] : [])],
      ...[
        { head: 'before', isNumber: true },
        { head: 'after', isNumber: true },
        { head: 'ratio', isNumber: true },
      ],
      ...[{ head: '95 % interval of the ratio' }, { head: 'verdict' }],
    ],
    rows: rows.map(({ row, record }) => {
      const ratio = ratioOf(row);
      return [
        ...[row.candidate, row.case ?? `mean of ${row.cases}`, ...(withRecord ? [labelOf(record)] : [])],
        ...row.sides.map(({ speedup, why }) =>
          speedup ? { text: times(speedup.value), by: speedup.value } : { text: why ?? 'none', by: -1 },
        ),
        ratio ? { text: factor(ratio.value), by: ratio.value } : { text: 'none', by: -1 },
        ratio ? ratioInterval(ratio) || edges(ratio) : '',
        wordOf(row),
      ];
    }),
  };
}
