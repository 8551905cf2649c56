/** All means on one axis: which candidates and peers win, how sure that is, and how near they come to the ceilings. */
import { counted } from '../contract/words.ts';
import { type LogAxis, logAxis } from '../draw/axis.ts';
import { chart, type Drawing, estimateMark, gridLines, isNarrow, px, speedupGrid } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { capital, edges, figure, shortened, times } from '../draw/words.ts';
import { cut } from '../report/width.ts';
import { clearText, isUnsure } from './clear.ts';
import { type Group, groupsOf, nameRoom, type Row } from './means.ts';
import { rivalsOf, rivalText, runnerUpText } from './rivals.ts';
import { intervalCell, ratioCell, type Section, type Table } from './section.ts';

import { panels, type Subject, type View } from './subject.ts';

/** One for each class of machines, all on one axis. */
export function forests(subject: Subject): Section[] {
  if (subject.views.length === 0) return [empty];
  const values = subject.views.flatMap(({ rows, overall }) =>
    [...rows.map(({ mean }) => mean), overall].flatMap((mean) => mean?.arithmetic?.value ?? []),
  );
  return panels(subject).map(({ views, anchor, of }) => forest(views, values, anchor, of));
}

const empty: Section = {
  ...{ id: 'all', name: 'All candidates', title: 'Nothing was measured' },
  caption: 'Means of candidates and peers would stand here.',
  body: html`<p>The records hold no mean. <code>nfold bench</code> measures the suites and saves a record.</p>`,
};

/** Means of an op; those beyond are in the table alone, since a chart of them all would be megabytes. */
const mostFolded = 60;

function forest(views: readonly View[], values: readonly number[], anchor: string, of: string): Section {
  const groups = views.map(groupsOf);
  const [shown, rest] = [groups.map((group) => group.shown), groups.flatMap((group) => group.rest)];
  const rows = [...shown, ...rest].flatMap((group) => group.rows);
  const rivals = views.map((view) => rivalsOf(view));
  const main = rivals.findIndex((found) => found.length > 0);
  const clear = clearText(
    rows.filter(({ mean }) => 'op' in mean).map(({ verdict }) => verdict),
    'mean',
  );
  const title = capital(main < 0 ? clear : `${clear}; ${rivalText(views[main].suite.name, rivals[main][0])}`);
  const hasShares = rows.some(({ share }) => share);
  const draw = (some: readonly Group[]) => (width: number) => drawn(width, some, values, hasShares);
  const folded = rest.map((group) => ({ ...group, rows: group.rows.slice(0, mostFolded) }));
  const more = folded.reduce((sum, group) => sum + group.rows.length, 0);
  const label = (some: readonly Group[]) =>
    `Mean speedups with 95 % intervals on a log scale. ${some.map(said).join(' ')}`;
  const isFolded =
    more > 0 &&
    html`<details class="more"><summary>Show ${counted(more, 'more mean')}</summary>${chart(label(folded), draw(folded))}</details>`;
  return {
    id: `all${anchor}`,
    name: `${of}All candidates`,
    title: of + title,
    caption:
      'A circle is a candidate, a diamond a published library or plain program, both at the mean speedup; the line is the 95 % interval on a log scale. Right of the 1× line is faster than plain TypeScript. Hollow: not clearly different from 1×. An arrow says that the interval goes on beyond the axis.',
    note: noteOf(views, rivals, hasShares),
    body: [chart(label(shown), draw(shown)), isFolded],
    table: tableOf(rows),
  };
}

function noteOf(views: readonly View[], rivals: readonly ReturnType<typeof rivalsOf>[], hasShares: boolean): Markup {
  const sentences = views.flatMap((view, i) => {
    const against = rivals[i].map(
      ({ name, ratio }) => `${times(ratio.value)} ${ratio.low === null ? '' : `${edges(ratio)} `}as fast as ${name}`,
    );
    const next = runnerUpText(view);
    return [
      against.length > 0 &&
        `In ${view.suite.name} the best candidate is ${against.join('; ')} (geometric means within rounds).`,
      next && `In ${view.suite.name}, ${next} (paired within rounds).`,
    ];
  });
  const share =
    'Share of peak: the range over the cases, against the measured ceiling that bounds each. Peers have ceilings of their own: their threads, at full width.';
  const none = 'No share of peak: the ceilings of this machine were not measured. nfold peak measures them.';
  return [...sentences, hasShares ? share : none].filter(Boolean).map((text) => html`<p>${text}</p>`);
}

const said = ({ name, rows }: Group) =>
  `${name}: ${rows.map((row) => `${row.name} ${number(row) ?? row.why}`).join(', ')}.`;

const number = ({ mean }: Row) => mean.arithmetic && `${times(mean.arithmetic.value)} ${edges(mean.arithmetic)}`;

const top = 34;
const headHeight = 36;

function drawn(width: number, groups: readonly Group[], values: readonly number[], hasShares: boolean): Drawing {
  const narrow = isNarrow(width);
  const pitch = narrow ? 40 : 25;
  const axis = logAxis(values, narrow ? { left: 12, right: hasShares ? 256 : 346 } : { left: 212, right: 498 });
  const [zero, full] = narrow ? [286, 352] : [656, 754];
  const heights = groups.map(({ rows }) => headHeight + pitch * rows.length + 8);
  const starts = heights.map((_, i) => heights.slice(0, i).reduce((sum, height) => sum + height, top));
  const bottom = starts[starts.length - 1] + heights[heights.length - 1];
  const area = { top, bottom };
  const place: Place = { narrow, axis, shareX: (percent) => zero + ((full - zero) * Math.min(percent, 100)) / 100 };
  return {
    height: bottom + 4,
    marks: [
      speedupGrid(axis, area),
      gridLines({ ...axis, ticks: [1] }, area),
      !narrow && html`<text x="514" y=${top - 6} class="tick">mean, 95 % interval</text>`,
      hasShares && shareGrid(place, area, narrow),
      groups.map(({ name, detail, rows }, i) => [
        html`<rect x="0" y=${starts[i]} width=${width} height=${headHeight} class="mask" />
          <text x="0" y=${starts[i] + 26} class="grp">${cut(name, 24)}<tspan class="dim" dx="8">${detail}</tspan></text>`,
        rows.map((row, j) => rowMarks(row, starts[i] + headHeight + pitch * j, place)),
      ]),
    ],
  };
}

interface Place {
  readonly narrow: boolean;
  readonly axis: LogAxis;
  /** The pixel of a share of peak, in percent. */
  shareX(percent: number): number;
}

const shareGrid = ({ shareX }: Place, area: { top: number; bottom: number }, narrow: boolean): Markup => [
  html`<text x=${shareX(50)} y=${area.top - 20} class="tick" text-anchor="middle">share of peak</text>`,
  [0, 50, 100].map((percent) => [
    html`<line x1=${shareX(percent)} y1=${area.top} x2=${shareX(percent)} y2=${area.bottom} class="grid" />`,
    !(narrow && percent === 50) &&
      html`<text x=${shareX(percent) + (narrow && percent ? 6 : 0)} y=${area.top - 6} class="tick" text-anchor=${narrow && percent ? 'end' : 'middle'}>${percent}${percent === 100 && ' %'}</text>`,
  ]),
];

/** `top` is that of the row. Narrow rows have their words above their marks. */
function rowMarks(row: Row, top: number, { narrow, axis, shareX }: Place): Markup {
  const { name, kind, mean, verdict, share, why } = row;
  const [line, y] = narrow ? [top + 14, top + 28] : [top + 17, top + 12.5];
  const found = mean.arithmetic;
  const names = `lab ${kind === 'us' ? 'us' : ''}`;
  const isMean = !('op' in mean);
  const room = narrow ? 330 : 640 - axis.x(1);
  return html`<g class="row">
    ${narrow && html`<rect x="0" y=${top} width="358" height="19" class="mask" />`}
    <text x="0" y=${line} class=${names}>${cut(name, nameRoom)}</text>
    ${
      found
        ? [
            isMean && found.low !== null
              ? lozenge(axis, y, found)
              : estimateMark(axis, y, found, { kind, unsure: isUnsure(verdict) }),
            html`<text x=${narrow ? 354 : 514} y=${line} text-anchor=${narrow ? 'end' : undefined} class="lab num"><tspan class="b">${times(found.value)}</tspan><tspan class="dim" dx="6">${found.low === null ? 'one round' : edges(found)}</tspan></text>`,
          ]
        : html`<text x=${narrow ? 0 : px(axis.x(1) + 8)} y=${y + 4.5} class="dim it halo why">${shortened(why, Math.floor(room / 5.8))}</text>`
    }
    ${share && html`<rect x=${px(shareX(share[0]))} y=${y - 4.5} width=${px(Math.max(2, shareX(share[1]) - shareX(share[0])))} height="9" class="share ${kind}" rx="2" />`}
    ${share && share[1] > 100 && html`<path d="M${shareX(100) + 3} ${y - 4}l4 4l-4 4" class="arrow ${kind} above" />`}
  </g>`;
}

/** A mean over ops, as wide as its interval. */
function lozenge(axis: LogAxis, y: number, { value, low, high }: NonNullable<Row['mean']['arithmetic']>): Markup {
  const [from, at, to] = [low ?? value, value, high ?? value].map((edge) => px(axis.x(edge)));
  return html`<path d="M${from} ${y}L${at} ${y - 7}L${to} ${y}L${at} ${y + 7}Z" class="estimate lozenge us" />`;
}

function tableOf(rows: readonly Row[]): Table {
  const isNumber = true;
  const hasPairs = rows.some(({ pair }) => pair);
  return {
    of: 'the forest plot',
    columns: [
      { head: 'candidate' },
      { head: 'mean speedup', isNumber },
      { head: '95 % interval', isNumber },
      { head: 'verdict' },
      ...['geometric', 'harmonic', 'least', 'greatest', 'cases', 'share of peak, %'].map((head) => ({
        head,
        isNumber,
      })),
      ...(hasPairs ? [{ head: 'paired with the first of its op' }] : []),
    ],
    rows: rows.map(({ fullName, mean, verdict, share, why, pair }) => [
      fullName,
      ratioCell(mean.arithmetic?.value ?? null),
      intervalCell(mean.arithmetic),
      verdict ?? (why.startsWith('withheld') ? `withheld: ${mean.withheld}` : why),
      ...[mean.geometric, mean.harmonic, mean.least, mean.greatest].map(ratioCell),
      `${mean.cases}`,
      share ? { text: `${figure(share[0])} to ${figure(share[1])}`, by: share[1], exact: share.join(' to ') } : '',
      ...(hasPairs ? [pairCell(pair)] : []),
    ]),
  };
}

function pairCell(pair: Row['pair']) {
  if (!pair) return '';
  const { ratio, comparison, withheld } = pair;
  if (!ratio) return withheld ?? '';
  const exact = `${ratio.value} [${ratio.low}, ${ratio.high}], ${comparison}`;
  return { text: `${times(ratio.value)} ${edges(ratio)}, ${comparison}`, by: ratio.value, exact };
}
