/** What is behind the means: each candidate at each case, as tables with a picture in each row. */
import { counted } from '../contract/words.ts';
import { type LogAxis, logAxis } from '../draw/axis.ts';
import { estimateMark, px } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { capital, figure, round, times } from '../draw/words.ts';
import type { Result } from '../records/schema.ts';
import { duration } from '../report/format.ts';
import { clearText, isUnsure, lookOf, verdictOf } from './clear.ts';
import { type Cell, intervalCell, ratioCell, type Section, tableMarkup } from './section.ts';
import { leaders, namesIn, panels, resultsOf, type Subject, type View } from './subject.ts';
import { unseenTables } from './unseen.ts';

/** One for each class of machines. */
export const casesOf = (subject: Subject): Section[] =>
  panels(subject).flatMap(({ views, anchor, of }) => {
    const bodies = views.flatMap((view) => suiteCases(view, of) ?? []);
    if (bodies.length === 0) return [];
    return {
      id: `cases${anchor}`,
      name: `${of}Cases`,
      title: of + capital(casesTitle(views)),
      caption:
        'Each row is a candidate, or a published library, at one case; rows are sorted by speedup. The line is the 95 % interval on a log axis that each table has for itself, with a line at 1×. Grey and hollow: not clearly different from 1×.',
      note: 'Time is that of a call: the baseline’s time divided by the speedup. Share of peak is against the measured ceiling that bounds the case.',
      body: bodies,
    };
  });

/** Of the best candidate of each op: how many speedups are clear, and the least of them. */
function casesTitle(views: readonly View[]): string {
  const best = views.flatMap((view) => {
    const ids = new Set(leaders(view).map(({ mean }) => mean.candidate));
    return resultsOf(view).filter(({ peer, candidate }) => !peer && ids.has(candidate));
  });
  const clear = clearText(
    best.map(({ speedup, comparison }) => verdictOf(speedup, comparison)),
    'speedup',
  );
  const timed = best.flatMap((result) => (result.speedup ? [{ ...result, value: result.speedup.value }] : []));
  if (timed.length === 0) return clear;
  const { value, op, case: name } = timed.reduce((least, one) => (one.value < least.value ? one : least));
  return timed.length === 1
    ? `${clear}: ${times(value)} at ${op} ${name}`
    : `of the best candidates, ${clear}; the least is ${times(value)}, of ${op} at ${name}`;
}

/** More rows than these in a table say less than the record does, and would make the page slow. */
const mostRows = 500;

/** `on`: what its tables are named by, beside the suite. */
function suiteCases(view: View, on: string): Markup | null {
  const nameOf = namesIn(view);
  const results = resultsOf(view).filter((result) => nameOf(result) !== null);
  if (results.length === 0) return null;
  const values = results.flatMap(({ speedup }) => speedup?.value ?? []);
  const axis = logAxis(values, { left: 8, right: pictureWidth - 8 });
  const first = new Set(leaders(view).map(({ mean }) => mean.candidate));
  const sorted = results.toSorted((a, b) => (b.speedup?.value ?? -1) - (a.speedup?.value ?? -1));
  const halves = Object.groupBy(sorted, ({ peer, candidate }) => (peer || first.has(candidate) ? 'main' : 'rest'));
  const [main, rest] = [halves.main, halves.rest].map((rows = []) => rows.slice(0, mostRows));
  const of = `${on}the cases of ${view.suite.name}`;
  const left = results.length - main.length - rest.length;
  return html`<div class="cases">
    <h3>${view.suite.name}</h3>
    ${caseTable(view, main, axis, of)}
    ${rest.length > 0 && html`<details class="more"><summary>Show ${counted(rest.length, 'row')} of other candidates</summary>${caseTable(view, rest, axis, `${of}, other candidates`)}</details>`}
    ${left > 0 && html`<p class="dim">${counted(left, 'row')}, the slowest, are in the record alone.</p>`}
    ${unseenTables(view, on)}
  </div>`;
}

function caseTable(view: View, results: readonly Result[], axis: LogAxis, of: string): Markup {
  const isNumber = true;
  const nameOf = namesIn(view);
  const hasShares = view.record.results.some(({ percentOfPeak }) => percentOfPeak !== null);
  const judged = results.map((result) => ({ result, verdict: verdictOf(result.speedup, result.comparison) }));
  return tableMarkup({
    of,
    columns: [
      { head: 'case', look: 'case' },
      { head: 'candidate', look: 'who' },
      { head: 'speedup', isNumber, look: 'ratio' },
      { head: '95 % interval', isNumber, look: 'edges' },
      { head: axisMarkup(axis), look: 'pic' },
      { head: 'time', isNumber, look: 'spare' },
      ...(hasShares ? [{ head: '% of peak', isNumber, look: 'spare' }] : []),
      { head: 'verdict', look: 'spare' },
    ],
    looks: judged.map(({ verdict }) => lookOf(verdict)),
    rows: judged.map(({ result, verdict }): Cell[] => [
      result.case,
      { text: breakable(nameOf(result) ?? '') },
      ratioCell(result.speedup?.value ?? null),
      intervalCell(result.speedup),
      { text: picture(result, axis, isUnsure(verdict)) },
      result.timeNs === null ? '' : { text: timeText(result.timeNs), by: result.timeNs, exact: `${result.timeNs} ns` },
      ...(hasShares ? [shareCell(result)] : []),
      verdict ?? 'withheld',
    ]),
  });
}

const shareCell = ({ percentOfPeak }: Result): Cell =>
  percentOfPeak === null ? '' : { text: figure(percentOfPeak), by: percentOfPeak };

/** A name may be broken behind its op. */
const breakable = (name: string) => name.split('/').map((part, i) => (i === 0 ? part : html`/<wbr />${part}`));

const timeText = (ns: number) => duration(ns).replace(' us', ' µs');

const pictureWidth = 132;

/** Its numbers stand beside it, so it says nothing to a screen reader; what is withheld has its reason in its place. */
function picture({ speedup, disturbed, verdict, peer }: Result, axis: LogAxis, unsure: boolean): Markup {
  if (!speedup) return html`<span class="why">${disturbed ?? (verdict === 'pass' ? 'not timed' : verdict)}</span>`;
  const one = px(axis.x(1));
  return html`<svg viewBox="0 0 ${pictureWidth} 18" width=${pictureWidth} height="18" aria-hidden="true"><path d="M${one} 0V18" class="one" />${estimateMark(axis, 9, speedup, { kind: peer ? 'peer' : 'cand', unsure, size: 3.6 })}</svg>`;
}

function axisMarkup(axis: LogAxis): Markup {
  const [first, last] = [axis.ticks[0], axis.ticks[axis.ticks.length - 1]];
  return html`<svg viewBox="0 0 ${pictureWidth} 16" width=${pictureWidth} height="16" role="img" aria-label="interval on a log axis from ${round(first)} to ${round(last)}">${axis.ticks.map(
    (tick) =>
      html`<text x=${px(axis.x(tick))} y="12" class=${tick === 1 ? 'tick strong' : 'tick'} text-anchor="middle">${round(tick)}</text>`,
  )}</svg>`;
}
