/** Every attempt at an op in its order, those that failed too, and the best so far: how many tries a number was chosen from. */
import { classesOf } from '../analysis/classes.ts';
import { type Tried, tried } from '../analysis/series.ts';
import { ratioBetween } from '../analysis/steps.ts';
import { counted } from '../contract/words.ts';
import { chart, type Drawing } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, listed, shortName, times } from '../draw/words.ts';
import { minute } from '../report/format.ts';
import type { Interval } from '../stats/interval.ts';
import { numbered, withMore } from './more.ts';
import type { Section } from './section.ts';
import { bars, dots, endsFirst, labels, sequence, sequenceGrid } from './sequence.ts';
import type { Subject } from './subject.ts';

/** The attempts at an op on a class of machines, and those of them that were the best so far. */
export interface Tries extends Tried {
  readonly machine: string;
  readonly bests: readonly Best[];
}

interface Best {
  /** Index of the attempt. */
  readonly at: number;
  readonly candidate: string;
  readonly mean: Interval;
  /** Over the best before; null for the first. */
  readonly ratio: Interval | null;
}

const maxShown = 4;

export function attempts({ views, history }: Subject): Section[] {
  const classes = classesOf(history);
  const ops = [...new Set(views.flatMap(({ suite }) => suite.ops))];
  const machines = [...new Set(views.map(({ record }) => classes[history.findIndex(({ id }) => id === record.id)]))];
  const found = machines
    .flatMap((machine) =>
      tried(
        history.filter((_, i) => classes[i] === machine),
        (_, op) => ops.includes(op),
      ).map((one): Tries => ({ ...one, machine, bests: bestsOf(one) })),
    )
    // Candidates of one record have no order in time.
    .filter((one) => new Set(one.attempts.map(({ record }) => record.id)).size > 1)
    .sort((a, b) => ops.indexOf(a.op) - ops.indexOf(b.op));
  if (found.length === 0) return [];
  const all = found.flatMap(({ bests }) => bests);
  const elsewhere = found.reduce((sum, one) => sum + one.elsewhere, 0);
  return [
    {
      id: 'attempts',
      name: 'Attempts',
      title: attemptsTitle(found),
      caption:
        'Each mark is a candidate in a record, in the order of the records; the stairs are the best mean so far, on a log scale. A numbered diamond is a new best: filled where it is clearly above the one before, hollow where it is not. Below, crosses failed, and hollow squares passed but have no mean.',
      note: `The best of many attempts is too good on average: nfold best --confirm measures it again.${elsewhere > 0 ? ` ${counted(elsewhere, 'attempt')} with another baseline or on another machine ${elsewhere === 1 ? 'is' : 'are'} not shown.` : ''}`,
      body: [
        withMore(found, maxShown, 'op', (one) => drawnTries(one, all, machines.length > 1)),
        numbered(found.flatMap(bestsInWords), 'new bests'),
      ],
      table: tableOf(found, machines.length > 1),
    },
  ];
}

function bestsOf({ attempts }: Tried): Best[] {
  const bests: Best[] = [];
  for (const [at, { candidate, mean }] of attempts.entries()) {
    const [before, now] = [bests.at(-1)?.mean, mean?.arithmetic];
    if (!now || (before && before.value >= now.value)) continue;
    bests.push({ at, candidate, mean: now, ratio: before ? ratioBetween(before, now) : null });
  }
  return bests;
}

const failedOf = ({ attempts }: Tried) => attempts.filter(({ verdict }) => verdict !== 'pass').length;

function attemptsTitle(found: readonly Tries[]): string {
  const [{ op, bests, attempts }] = found;
  const total = found.reduce((sum, one) => sum + one.attempts.length, 0);
  const failures = found.reduce((sum, one) => sum + failedOf(one), 0);
  const failed = failures === 0 ? 'none failed' : `${failures} failed`;
  if (found.length > 1) {
    const ops = counted(new Set(found.map((one) => one.op)).size, 'op');
    return `${total} attempts at ${ops}: ${counted(found.flatMap((one) => one.bests).length, 'new best')}, ${failed}`;
  }
  const best = bests.at(-1);
  if (!best) return `${attempts.length} attempts at ${op}, none with a mean: ${failed}`;
  const by = `${times(best.mean.value)} by ${shortName(best.candidate, op)}`;
  const which =
    best.at === 0
      ? 'the first is the best'
      : best.at === attempts.length - 1
        ? 'the last is the best'
        : `number ${best.at + 1} is the best`;
  return `Of ${attempts.length} attempts at ${op}, ${which}: ${by}; ${failed}`;
}

/** Not clearly above the one before: an interval that reaches 1, or none. */
const isUnsure = ({ ratio }: Best) => ratio !== null && (ratio.low === null || ratio.low <= 1);

function drawnTries(one: Tries, all: readonly Best[], withMachine: boolean): Markup {
  const { op, attempts, bests, machine } = one;
  const said = [
    withMachine && machine,
    counted(attempts.length, 'attempt'),
    failedOf(one) > 0 && `${failedOf(one)} failed`,
  ];
  const stairs = bests.map(({ mean, candidate, at }) => `${times(mean.value)} by ${candidate} at attempt ${at + 1}`);
  const label = `${op}: ${counted(attempts.length, 'attempt')}, ${failedOf(one)} failed. Best so far: ${stairs.length > 0 ? listed(stairs) : 'none has a mean'}.`;
  return html`<div class="panel"><h3>${op} <span class="dim">${said.filter(Boolean).join(', ')}</span></h3>${chart(label, (width) => drawn(width, one, all))}</div>`;
}

function drawn(width: number, { op, attempts, bests }: Tries, all: readonly Best[]): Drawing {
  const values = attempts.map(({ mean }) => mean?.arithmetic ?? null);
  const known = values.filter((value) => value !== null);
  const plot = sequence(attempts.length, known.length > 0 ? known : [{ value: 1, low: null, high: null }], width, 22);
  const { x, y, top, right, bottom, below } = plot;
  const isBest = new Set(bests.map(({ at }) => at));
  const valued = values.flatMap((value, i) => (value ? [[i, value] as const] : []));
  const place = (best: Best) => [x(best.at), y(best.mean.value)] as const;
  const without = (isFailure: boolean) =>
    attempts.flatMap(({ verdict, mean }, i) =>
      !mean && (verdict !== 'pass') === isFailure ? [[x(i), below] as const] : [],
    );
  const stairs = bests.map(
    ({ at, mean }, i) => `${i === 0 ? 'M' : 'H'}${Math.round(x(at))}${i === 0 ? ' ' : 'V'}${Math.round(y(mean.value))}`,
  );
  const heads = bests.map((best) => {
    const short = `${all.indexOf(best) + 1}`;
    return { x: x(best.at), short, text: `${short}: ${shortName(best.candidate, op)} ${times(best.mean.value)}` };
  });
  const dates = attempts.map(({ record }, i) => ({ x: x(i), text: minute(record.createdAt) }));
  return {
    height: bottom + 40,
    marks: [
      known.length > 0 ? sequenceGrid(plot) : null,
      labels(endsFirst(heads), plot, top - 10, 'changed'),
      bars(plot, valued),
      bests.length > 0 ? html`<path d="${stairs.join('')}H${right}" class="staircase" />` : null,
      dots(
        valued.flatMap(([i, { value }]) => (isBest.has(i) ? [] : [[x(i), y(value)] as const])),
        'circle',
        'attempt',
      ),
      dots(bests.filter((best) => !isUnsure(best)).map(place), 'diamond', 'best', 5.5),
      dots(bests.filter(isUnsure).map(place), 'diamond', 'best unsure', 5.5),
      dots(without(false), 'square', 'gap', 3),
      dots(without(true), 'cross', 'failed', 3.5),
      labels(endsFirst(dates), plot, bottom + 33, 'tick'),
    ],
  };
}

const bestsInWords = ({ bests, op, attempts }: Tries): Markup[] =>
  bests.map((best) => {
    const { record } = attempts[best.at];
    const above = !best.ratio
      ? ''
      : isUnsure(best)
        ? ', not clearly above the one before'
        : `, ${times(best.ratio.value)} the one before`;
    return html`<b>${best.candidate}</b>: ${times(best.mean.value)} ${edges(best.mean)}, attempt ${best.at + 1} at ${op}${above} (${record.name ?? record.id}).`;
  });

function tableOf(found: readonly Tries[], withMachine: boolean): Section['table'] {
  return {
    of: 'the attempts',
    columns: [
      ...[{ head: 'op' }, { head: 'attempt', isNumber: true }, { head: 'candidate' }],
      ...(withMachine ? [{ head: 'machine' }] : []),
      ...[{ head: 'when (UTC)' }, { head: 'record' }, { head: 'verified' }],
      ...[{ head: 'mean speedup', isNumber: true }, { head: '95 % interval' }, { head: 'best so far' }],
    ],
    rows: found.flatMap(({ op, attempts, machine, bests }) =>
      attempts.map(({ candidate, record, verdict, mean }, i) => [
        ...[op, { text: `${i + 1}`, by: i }, candidate, ...(withMachine ? [machine] : [])],
        ...[minute(record.createdAt), record.name ?? record.id, verdict],
        mean?.arithmetic ? { text: times(mean.arithmetic.value), by: mean.arithmetic.value } : { text: 'none', by: -1 },
        mean?.arithmetic ? edges(mean.arithmetic) : '',
        bests.some(({ at }) => at === i) ? 'new best' : '',
      ]),
    ),
  };
}
