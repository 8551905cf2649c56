/** The mean of each candidate, record by record: stretches without a change, and where it clearly changed. */
import { classesOf } from '../analysis/classes.ts';
import { changesSince, historyOf, type Moment } from '../analysis/series.ts';
import { ratioBetween, type Step, stepsOf } from '../analysis/steps.ts';
import { counted } from '../contract/words.ts';
import { chart, type Drawing } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, listed, shortened, times } from '../draw/words.ts';
import { minute } from '../report/format.ts';
import type { Interval } from '../stats/interval.ts';
import { numbered, withMore } from './more.ts';
import type { Section } from './section.ts';
import { bars, dots, endsFirst, labels, sequence, sequenceGrid } from './sequence.ts';
import type { Subject, View } from './subject.ts';

/** A candidate on a class of machines. */
interface Panel {
  readonly candidate: string;
  readonly machine: string;
  /** The moments of its newest records, oldest first. */
  readonly moments: readonly Moment[];
  readonly stretches: readonly Stretch[];
  /** In the order of the moments. */
  readonly changes: readonly Change[];
}

/** A step: indices of moments, all with the same baseline and as many threads. */
interface Stretch {
  readonly members: readonly number[];
  readonly level: Interval;
}

export interface Change {
  /** The moment that differs from those before it. */
  readonly at: number;
  /** How many times as fast it became; null where a line begins that does not compare with the one before. */
  readonly ratio: Interval | null;
  readonly why: readonly string[];
  readonly candidate: string;
  readonly machine: string;
  readonly record: Moment['record'];
}

/** Of one machine; older ones are not shown. */
const maxRecords = 80;
const maxShown = 6;

export function histories({ views, history }: Subject): Section[] {
  const classes = classesOf(history);
  const machines = [...new Set(views.map(({ record }) => classes[history.findIndex(({ id }) => id === record.id)]))];
  const best = new Set(views.flatMap(bestOfEach));
  const others = views.flatMap(({ rows }) => rows.flatMap(({ mean }) => (mean.peer ? [] : [mean.candidate])));
  const groups = [...new Set([...best, ...others])].flatMap((candidate) => {
    const panels = machines.flatMap((machine) => {
      const records = history.filter((_, i) => classes[i] === machine);
      const moments = historyOf(records, candidate).slice(-maxRecords);
      return moments.length > 1 ? [panelOf(candidate, machine, moments)] : [];
    });
    return panels.length > 0 ? [panels] : [];
  });
  const panels = groups.flat();
  if (panels.length === 0) return [];
  const isChanged = (group: readonly Panel[]) => group.some(({ changes }) => changes.some(({ ratio }) => ratio));
  /** The best that changed, the best, others that changed, the rest. */
  const place = (group: readonly Panel[]) => (best.has(group[0].candidate) ? 0 : 2) + (isChanged(group) ? 0 : 1);
  const drawn = groups
    .filter((group) => group.some(({ stretches }) => stretches.length > 0))
    .sort((a, b) => place(a) - place(b));
  const shown = drawn.filter((group) => place(group) < 3).length;
  const changes = drawn.flat().flatMap((panel) => panel.changes);
  const [{ moments }] = panels;
  const none = `Every record withholds the mean, the newest one because: ${moments[moments.length - 1].withheld}. The command nfold bench measures all cases.`;
  return [
    {
      id: 'history',
      name: 'History',
      title: historyTitle(panels),
      caption: drawn.length > 0 ? caption : none,
      note: drawn.length > 0 ? note : null,
      body: [
        withMore(drawn, Math.max(1, Math.min(shown, maxShown)), 'candidate', (group) => drawnGroup(group, changes)),
        numbered(changes.map(inWords), 'changes'),
      ],
      table: tableOf(panels, machines.length > 1),
    },
  ];
}

const caption =
  'Mean speedup, record by record, the newest at the right: not in proportion to time. Each candidate has a log scale of its own. A bar is a 95 % interval; a step is a stretch whose records do not differ beyond their intervals, and a numbered line is where one clearly does.';
const note =
  'A candidate that never changed shows a change in at most one of twenty histories, if runs differ no more than their intervals say. Filled diamonds are records that somebody named; hollow squares are withheld means and crosses are failures, neither of which has a value. Dates are UTC.';

/** The best candidate of each op, op by op. */
const bestOfEach = ({ rows, suite }: View): string[] =>
  suite.ops.flatMap((op) => rows.find(({ mean }) => mean.op === op && !mean.peer)?.mean.candidate ?? []);

const valuesOf = ({ moments }: Panel): Interval[] => moments.flatMap(({ speedup }) => speedup ?? []);

function panelOf(candidate: string, machine: string, moments: readonly Moment[]): Panel {
  const valued = [...moments.keys()].filter((i) => moments[i].speedup);
  const lines = Map.groupBy(valued, (i) => `${moments[i].baselineHash} ${moments[i].record.threads}`);
  const change = (before: number, at: number, ratio: Interval | null): Change => {
    const why = changesSince(moments[before], moments[at]).map(({ kind, text }) =>
      kind === 'source' || kind === 'baseline' ? `a new ${text}` : text,
    );
    return { at, ratio, why, candidate, machine, record: moments[at].record };
  };
  const cut = [...lines.values()].map((line) => {
    const steps = stepsOf(line.flatMap((i) => moments[i].speedup ?? []));
    const breaks = line[0] === valued[0] ? [] : [change(valued[valued.indexOf(line[0]) - 1], line[0], null)];
    const between = (step: Step, i: number) =>
      change(line[step.from - 1], line[step.from], ratioBetween(steps[i - 1].level, step.level));
    return {
      stretches: steps.map(({ from, to, level }) => ({ members: line.slice(from, to), level })),
      changes: [...breaks, ...steps.flatMap((step, i) => (i > 0 ? [between(step, i)] : []))],
    };
  });
  const changes = cut.flatMap((line) => line.changes).sort((a, b) => a.at - b.at);
  return { candidate, machine, moments, stretches: cut.flatMap(({ stretches }) => stretches), changes };
}

function historyTitle(panels: readonly Panel[]): string {
  const compared = panels.filter(isCompared);
  const all = new Set(panels.flatMap(({ moments }) => moments.map(({ record }) => record.id))).size;
  if (panels.every((panel) => valuesOf(panel).length === 0)) return `${all} records, and a mean in none of them`;
  if (compared.length === 0) return `${all} records, but no candidate has two means that compare`;
  const valued = compared.flatMap(({ moments }) => moments.filter(({ speedup }) => speedup));
  const records = `${new Set(valued.map(({ record }) => record.id)).size} records with a mean`;
  if (valued.every(({ speedup }) => speedup?.low === null))
    return `${records}, of one round each: nothing tells a change from chance`;
  const changes = compared.flatMap((panel) => panel.changes).filter(({ ratio }) => ratio);
  const names = new Set(compared.map(({ candidate }) => candidate));
  const what = names.size === 1 ? [...names][0] : counted(names.size, 'candidate');
  if (changes.length === 0) return `No change of ${what} shows in ${records}`;
  const { candidate, ratio, why, machine } = changes.reduce((a, b) =>
    b.record.createdAt >= a.record.createdAt ? b : a,
  );
  const where = new Set(panels.map((panel) => panel.machine)).size > 1 ? ` on ${machine}` : '';
  const last = `became ${times((ratio as Interval).value)} as fast${where}, ${why.length > 0 ? `with ${listed(why)}` : 'for no reason that the records tell'}`;
  if (names.size > 1)
    return `${new Set(changes.map((change) => change.candidate)).size} of ${what} changed; at last ${candidate} ${last}`;
  return changes.length === 1
    ? `${candidate} ${last}`
    : `${candidate} changed ${changes.length} times; at last it ${last}`;
}

const nameOf = ({ record }: Pick<Moment, 'record'>) => record.name ?? record.id;

function labelOf({ candidate, machine, moments, stretches, changes }: Panel): string {
  const levels = stretches.map(
    ({ level, members }) => `${times(level.value)} over ${counted(members.length, 'record')}`,
  );
  const gaps = moments.filter(({ speedup }) => !speedup).length;
  return `${candidate} on ${machine}: ${counted(moments.length, 'record')}, in steps of ${listed(levels)}; ${counted(changes.length, 'change')}${gaps > 0 ? `; ${gaps} without a mean` : ''}.`;
}

/** Whether one of its lines has two values. */
const isCompared = (panel: Panel): boolean =>
  valuesOf(panel).length > 1 + panel.changes.filter(({ ratio }) => !ratio).length;

/** Machines side by side, on one scale. */
function drawnGroup(group: readonly Panel[], all: readonly Change[]): Markup {
  const values = group.flatMap(valuesOf);
  const figures = group.map((panel) => {
    const { candidate, machine, moments } = panel;
    const newest = moments.findLast(({ speedup }) => speedup)?.speedup;
    return html`<div>
      <h3>${candidate} <span class="dim">${group.length > 1 && `on ${machine}, `}${newest ? `newest mean ${times(newest.value)} ${edges(newest)}` : 'no mean'}</span></h3>
      ${chart(labelOf(panel), (width) => drawnPanel(width, panel, values, all))}
    </div>`;
  });
  return html`<div class=${group.length > 1 ? 'panel beside' : 'panel'}>${figures}</div>`;
}

/** `values`: what the axis holds. `all`: the changes of all panels, which are numbered. */
function drawnPanel(
  width: number,
  { moments, stretches, changes }: Panel,
  values: readonly Interval[],
  all: readonly Change[],
): Drawing {
  const named = moments.flatMap(({ record, speedup }, i) => (record.name && speedup ? [i] : []));
  const plot = sequence(moments.length, values, width, changes.length > 0 ? 20 : 6);
  const { x, y, top, bottom, below } = plot;
  const half = (x(1) - x(0)) / 2;
  const place = (i: number) => [x(i), y(moments[i].speedup?.value as number)] as const;
  const valued = [...moments.keys()].filter((i) => moments[i].speedup);
  const without = (isFailure: boolean) =>
    moments.flatMap(({ speedup, verdict }, i) =>
      !speedup && (verdict !== 'pass') === isFailure ? [[x(i), below] as const] : [],
    );
  const level = ({ members, level: { value } }: Stretch) =>
    `M${Math.round(x(members[0]) - half)} ${Math.round(y(value))}H${Math.round(x(members[members.length - 1]) + half)}`;
  const dates = moments.map(({ record }, i) => ({ x: x(i), text: minute(record.createdAt) }));
  const names = named.toReversed().map((i) => ({ x: x(i), text: shortened(nameOf(moments[i])) }));
  const line = (change: Change) => {
    const at = Math.round(x(change.at) - half);
    return html`<line x1=${at} y1=${top - 4} x2=${at} y2=${bottom} class="change" />`;
  };
  const heads = changes.map((change) => {
    const short = `${all.indexOf(change) + 1}`;
    return { x: x(change.at) - half, short, text: change.ratio ? `${short}: ${times(change.ratio.value)}` : short };
  });
  return {
    height: bottom + (named.length > 0 ? 56 : 40),
    marks: [
      sequenceGrid(plot),
      changes.map(line),
      labels(endsFirst(heads), plot, top - 8, 'changed'),
      bars(
        plot,
        valued.flatMap((i) => (moments[i].speedup ? [[i, moments[i].speedup] as const] : [])),
      ),
      html`<path d=${stretches.map(level).join('')} class="step" />`,
      dots(valued.filter((i) => !named.includes(i)).map(place), 'circle', 'moment'),
      dots(named.map(place), 'diamond', 'blessed', 6),
      dots(without(false), 'square', 'gap', 3),
      dots(without(true), 'cross', 'failed', 3.5),
      labels(names, plot, bottom + 32, 'sm b'),
      labels(endsFirst(dates), plot, bottom + (named.length > 0 ? 48 : 33), 'tick'),
    ],
  };
}

/** Its candidate, and its machine if there are several. */
function inWords({ candidate, machine, record, ratio, why }: Change, _: number, all: readonly Change[]): Markup {
  const where = all.every((change) => change.machine === machine) ? '' : ` on ${machine}`;
  const reason = why.length > 0 ? `with ${listed(why)}` : 'for no reason that the records tell';
  const change = ratio ? html`<b>${times(ratio.value)}</b> as fast ${edges(ratio)}` : 'not to be compared with before';
  return html`<b>${candidate}</b>${where}: ${change} since ${nameOf({ record })} of ${minute(record.createdAt)} UTC, ${reason}.`;
}

function tableOf(panels: readonly Panel[], withMachine: boolean): Section['table'] {
  const rows = panels.flatMap(({ candidate, machine, moments, stretches }) =>
    moments.map((moment, i) => {
      const { speedup, withheld, record } = moment;
      const step = stretches.find(({ members }) => members.includes(i));
      return [
        candidate,
        ...(withMachine ? [machine] : []),
        minute(record.createdAt),
        nameOf(moment),
        speedup ? { text: times(speedup.value), by: speedup.value } : { text: 'none', by: -1 },
        speedup ? edges(speedup) : (withheld ?? ''),
        step ? { text: times(step.level.value), by: step.level.value } : '',
        i > 0 ? listed(changesSince(moments[i - 1], moment).map(({ text }) => text)) : '',
      ];
    }),
  );
  return {
    of: 'the history',
    columns: [
      { head: 'candidate' },
      ...(withMachine ? [{ head: 'machine' }] : []),
      ...[{ head: 'when (UTC)' }, { head: 'record' }, { head: 'mean speedup', isNumber: true }],
      ...[{ head: '95 % interval, or why there is none' }, { head: 'step', isNumber: true }, { head: 'what changed' }],
    ],
    rows,
  };
}
