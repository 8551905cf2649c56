/** Whether the small language model learns with a candidate as it does with the baseline. */
import { counted } from '../contract/words.ts';
import { chart } from '../draw/chart.ts';
import { drawCurves, type Losses, type Point, pointsOf } from '../draw/losses.ts';
import { html } from '../draw/markup.ts';
import type { Training } from '../records/training.ts';
import { minute } from '../report/format.ts';
import { type Beside, prefixOf, trainingsOf } from './beside.ts';
import type { Section, Table } from './section.ts';
import type { Subject } from './subject.ts';

/** One for each candidate that was trained with. */
export function curves(subject: Subject): Section[] {
  return trainingsOf(subject)
    .filter(({ run }) => run.losses.length > 0)
    .map((one, i, all) => section(one, i, prefixOf(one, all)));
}

function section({ run, differs }: Beside<Training>, i: number, prefix: string): Section {
  const losses = lossesOf(run);
  const title = curvesTitle(run, losses);
  return {
    id: `curves${i === 0 ? '' : i + 1}`,
    name: 'Curves',
    title: `${prefix}${title}`,
    caption: caption(run),
    note: html`From <code>nfold train</code>, a run of its own (${minute(run.createdAt)} UTC, <span class="brk">${run.case}</span> on <span class="brk">${run.text}</span>, seed ${run.seed}). ${[run.resumedAt > 0 && `It went on from step ${thousands(run.resumedAt)}.`, run.interrupted && 'It was stopped before its end.', ...differs].filter(Boolean).join(' ')}`,
    body: chart(`Training and held-out losses by step. ${title}.`, (width) => drawCurves(width, losses)),
    table: losses.heldOut.length > 0 ? tableOf(losses) : null,
  };
}

/** Next to the baseline's, only the losses of this run. */
function lossesOf({ candidate, losses, heldOut, baseline, resumedAt }: Training): Losses {
  const from = baseline ? resumedAt : 0;
  return {
    candidate,
    training: pointsOf(losses.filter(([step]) => step > from)),
    heldOut: pointsOf(heldOut.filter(([step]) => step >= from)),
    baseline: pointsOf(baseline?.losses ?? []),
  };
}

const thousands = (count: number) => count.toLocaleString('en');
const stepsText = (count: number) => `${thousands(count)} step${count === 1 ? '' : 's'}`;
const perSecond = (value: number | null) => (value === null ? 'unknown' : thousands(Math.round(value)));

function curvesTitle({ baseline }: Training, { heldOut, training }: Losses): string {
  if (baseline && !baseline.within)
    return `The candidate does not train as the baseline does: its loss differs by ${baseline.worst.toPrecision(2)} times the bound`;
  if (baseline && baseline.steps > 0)
    return `The losses of candidate and baseline differ by at most ${baseline.largestDifference.toPrecision(2)} in ${stepsText(baseline.steps)}`;
  const [what, points] = heldOut.length > 1 ? ['held-out', heldOut] : ['training', training];
  const [first, last] = [points[0], points[points.length - 1]];
  return `Training takes the ${what} loss from ${first.loss.toFixed(2)} to ${last.loss.toFixed(2)} in ${stepsText(Math.round(last.step))}`;
}

function caption({ losses, baseline, tokensPerSecond, threads, steps }: Training): string {
  const speed = `The candidate trained ${perSecond(tokensPerSecond)} tokens/s with ${counted(threads, 'thread')}`;
  const isThinned = losses.length < steps;
  const line = `Dots are losses of ${isThinned ? 'stretches of steps' : 'single steps'}; the line is their mean over stretches.`;
  if (!baseline) return `${line} ${speed}, by the time of its calls.`;
  const { largestDifference, at, boundedSteps, worst } = baseline;
  return `${line} Both sides start from one seed and see the same batches. The largest difference is ${largestDifference.toExponential(1)} nats per byte, at step ${thousands(at)}; the differences of the first ${stepsText(boundedSteps)} have a bound, and reach ${worst.toPrecision(2)} of it. Later ones have none, since training amplifies rounding. ${speed}, the baseline ${perSecond(baseline.tokensPerSecond)}, by the time of their calls.`;
}

/** A row for each held-out loss, with the training losses since the one before. */
function tableOf({ heldOut, training, baseline }: Losses): Table {
  const since = (points: readonly Point[], i: number) => {
    const from = heldOut[i - 1]?.step ?? Number.NEGATIVE_INFINITY;
    const some = points.filter(({ step }) => step > from && step <= heldOut[i].step);
    const mean = some.reduce((sum, { loss }) => sum + loss, 0) / some.length;
    return some.length > 0 ? { text: mean.toFixed(3), by: mean } : '-';
  };
  const sides = [training, ...(baseline.length > 0 ? [baseline] : [])];
  const heads = ['step', 'held-out', 'training since then', ...(baseline.length > 0 ? ['of the baseline'] : [])];
  return {
    of: 'the curves',
    columns: heads.map((head) => ({ head, isNumber: true })),
    rows: heldOut.map(({ step, loss }, i) => [
      { text: thousands(step), by: step },
      { text: loss.toFixed(3), by: loss },
      ...sides.map((points) => since(points, i)),
    ]),
  };
}
