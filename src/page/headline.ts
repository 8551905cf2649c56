/** The head of the page: how many times as fast, on one axis for all suites, so that intervals compare. */
import { counted } from '../contract/words.ts';
import { type LogAxis, logAxis } from '../draw/axis.ts';
import { estimateMark, px, svg } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, listed, round, shortName, times } from '../draw/words.ts';
import type { Mean, Overall, Record } from '../records/schema.ts';
import { answers } from '../report/answer.ts';
import { duration } from '../report/format.ts';
import { type Subject, shownRecords, type View } from './subject.ts';

/** What a suite's number is of: its best candidate, or for a suite of several ops the best of each. */
export const numberOf = ({ best, overall }: View): Mean | Overall | null => overall ?? best;

/** Why a suite has no number. */
export function whyNone(view: View): string {
  const own = view.rows.filter(({ mean }) => !mean.peer);
  return numberOf(view)?.withheld ?? own[0]?.mean.withheld ?? 'no candidate was timed';
}

export function headline(subject: Subject): Markup {
  const { views } = subject;
  const records = shownRecords(subject).map(({ record }) => record);
  if (views.length === 0) return html`<div class="stats"><h1>No candidate was timed</h1></div>${interrupted(records)}`;
  const values = views.flatMap((view) => numberOf(view)?.arithmetic?.value ?? []);
  const machines = new Set(views.map(({ machine }) => machine));
  return html`<div class="stats">${views.map((view, i) => {
    const isMain = i === 0;
    return html`<div class=${isMain ? 'big' : undefined}>
      ${isMain ? html`<h1>${number(view)} ${what(view)}</h1>` : html`<p class="second">${number(view)}</p>`}
      ${bar(view, values, isMain ? 260 : 150)}
      <p>${legend(view)}${machines.size > 1 && html`<br /><span class="dim">${view.machine}</span>`}</p>
    </div>`;
  })}</div>
  ${interrupted(records)}
  ${questions(views[0])}`;
}

/** The answers to what a reader asks first, of the first suite. */
function questions(view: View | undefined): Markup {
  if (!view) return null;
  const { found, sure, limit, failed } = answers(view.record, view.suite.name, view.rows);
  const said: readonly (readonly [question: string, sentences: readonly string[]])[] = [
    ['What it means', [found.replace(/^no /, 'No '), example(view), failed]],
    ['Is it sure?', [sure]],
    ['What limits it?', [limit]],
  ];
  const text = (all: readonly string[]) =>
    all
      .filter(Boolean)
      .map((one) => one.replace(/(\d)x(?=[\s,.])/g, '$1×').replace(/\.?$/, '.'))
      .join(' ');
  const shown = said.filter(([, all]) => all.some(Boolean));
  return html`<dl class="qa">${shown.map(
    ([question, all]) => html`<div><dt>${question}</dt><dd>${text(all)}</dd></div>`,
  )}</dl>`;
}

/** The case whose baseline takes longest. */
function example({ best, rows, record: { machine } }: View): string {
  const timed = rows.find(({ mean }) => mean === best)?.results.filter(({ timeNs }) => timeNs !== null) ?? [];
  const [longest] = timed.toSorted((a, b) => (b.baseline.timeNs ?? 0) - (a.baseline.timeNs ?? 0));
  if (!longest) return '';
  const { case: name, baseline, candidate, op, timeNs, threads } = longest;
  const where = `on ${machine.cpu} with ${counted(machine.cores, 'core')}${machine.virtual ? ', a virtual machine' : ''}`;
  const uses = threads > 1 ? `; it uses ${threads} threads, the baseline one` : '';
  return `One call at ${name} takes the baseline ${duration(baseline.timeNs)} and ${shortName(candidate, op)} ${duration(timeNs)}, ${where}${uses}`;
}

/** What a stopped run means for its numbers. */
function interrupted(records: readonly Record[]): Markup {
  const stopped = records.filter((record) => record.interrupted);
  if (stopped.length === 0) return null;
  const which = records.length === 1 ? 'The run' : `The run of ${listed(stopped.map(({ id }) => id))}`;
  return html`<p class="stopped"><b>Interrupted.</b> ${which} was stopped before its end: what it shows is what had been measured.</p>`;
}

const number = (view: View): Markup => {
  const found = numberOf(view)?.arithmetic;
  return html`<span class="num">${found ? times(found.value).slice(0, -1) : 'withheld'}${found && html`<i>×</i>`}</span>`;
};

function what(view: View): Markup {
  const name = view.suite.showsEssayResults ? html`a <span class="nw">GPT-2</span> training step` : view.suite.name;
  return numberOf(view)?.arithmetic ? html`as fast as plain TypeScript: ${name}` : html`speedup: ${name}`;
}

function legend(view: View): Markup {
  const found = numberOf(view);
  const name = html`<b>${view.suite.name}</b>`;
  if (!found?.arithmetic) return html`${name}: ${whyNone(view)}`;
  const { arithmetic, geometric, least, greatest, cases } = found;
  const of =
    'candidate' in found ? shortName(found.candidate, found.op) : `the best of each of ${found.candidates.length} ops`;
  const spread =
    cases === 1 || geometric === null || least === null || greatest === null
      ? null
      : `, geometric ${times(geometric)}, least ${times(least)}, greatest ${times(greatest)}`;
  return html`${name}, ${cases === 1 ? 'one case' : `mean of ${counted(cases, 'case')}`}<br />
    ${arithmetic.low === null ? edges(arithmetic) : html`95 % interval <b>${edges(arithmetic)}</b>`}<br />
    <span class="dim">${of}${spread}</span>`;
}

function bar(view: View, values: readonly number[], width: number): Markup {
  const found = numberOf(view)?.arithmetic;
  if (!found) return null;
  return svg(
    `${times(found.value)}, 95 % interval ${edges(found)}, on a log scale`,
    width,
    () => {
      const axis = logAxis(values, { left: 6, right: width - 14 });
      const kind = view.suite.showsEssayResults ? 'us' : 'cand';
      return { height: 32, marks: [ruler(axis), estimateMark(axis, 9, found, { kind })] };
    },
    'bar',
  );
}

const ruler = (axis: LogAxis): Markup => [
  html`<line x1=${axis.left} y1="9" x2=${axis.right} y2="9" class="grid" />`,
  axis.ticks.map((tick) => {
    const x = px(axis.x(tick));
    return html`<line x1=${x} y1="4" x2=${x} y2="14" class=${tick === 1 ? 'one' : 'grid'} /><text x=${x} y="30" class="tick" text-anchor="middle">${round(tick)}</text>`;
  }),
];
