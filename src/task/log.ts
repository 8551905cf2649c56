/** nfold task log: the attempts at a task over time, from .nfold/scores. */
import { exit, NfoldError } from '../contract/errors.ts';
import { counted, quoted } from '../contract/words.ts';
import { loadScores, type Score } from '../records/score.ts';
import { chart } from '../report/chart.ts';
import { interval, minute, multiple } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { inWindow, pc, screen } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { wrapped } from '../report/width.ts';
import type { Idea, Logged, Staircase, Step } from '../schemas/score.ts';
import type { LogFlags } from './flags.ts';
import { isBest, staircaseOf } from './staircase.ts';
import { classesOf, namesFor, uncounted } from './summary.ts';

export async function logTask({ task, wide }: LogFlags, io: Io): Promise<Result<Logged>> {
  const data = loggedOf([...loadScores(io.warn)], task);
  return { code: exit.fine, data, text: inWindow(wide === true, () => reportLog(data)) };
}

/** `scores`: the newest first. Without a task, that of the newest is meant. */
export function loggedOf(scores: readonly Score[], wanted?: string): Logged {
  const tasks = [...new Set(scores.map((score) => score.task))];
  const task = wanted ?? tasks[0];
  const all = scores.filter((score) => score.task === task);
  if (task === undefined || all.length === 0) throw nothing(task, tasks);
  const protocol = Math.max(...all.map((score) => score.protocol));
  const own = all.filter((score) => score.protocol === protocol && uncounted(score) === null);
  const classes = [...classesOf(own)].map(([name, some]) => staircaseOf(name, some));
  return { task, others: tasks.filter((one) => one !== task), protocol, leftOut: all.length - own.length, classes };
}

function nothing(task: string | undefined, tasks: readonly string[]): NfoldError {
  if (task === undefined || tasks.length === 0)
    return new NfoldError("There is no score here yet: 'nfold task score FOLDER' makes one.", exit.nothing);
  return new NfoldError(`There is no score of the task '${task}' here, but of ${tasks.join(', ')}.`, exit.nothing);
}

export function reportLog({ task, others, leftOut, classes }: Logged): string {
  const left =
    leftOut === 0
      ? ''
      : `${counted(leftOut, 'score')} of ${task} ${leftOut === 1 ? 'is' : 'are'} left out: held back, stopped, or of another protocol.`;
  const other =
    others.length === 0
      ? ''
      : `There are scores of other tasks here: ${others.join(', ')} (--task ${quoted(others[0])}).`;
  const ends = [left, other].filter(Boolean).map((line) => wrapped(line));
  const none = classes.length === 0 ? `No score of ${task} counts.` : '';
  return [none, ...classes.map((one) => classText(task, one)), ends.join('\n')].filter(Boolean).join('\n\n');
}

function classText(task: string, { class: name, steps, plateaus, ideas }: Staircase): string {
  const nameOf = namesFor(steps);
  const best = steps.findLast(isBest);
  const failed = steps.filter(({ outcome }) => outcome === 'failed').length;
  const top = best?.mean ? `the best is ${multiple(best.mean.value)} by ${nameOf(best)}` : 'none has a mean';
  const stairs = plateaus.map(({ after, attempts, from, to }) => {
    const since = after === null ? 'before the first mean' : `after ${after}`;
    return `Plateau: ${attempts} attempts without a new best ${since}, in ${span(from, to)} (${minute(from)} to ${minute(to)}).`;
  });
  return [
    wrapped(`${pc.bold(task)} on ${name}   ${counted(steps.length, 'attempt')}, ${failed} failed; ${top}`),
    picture(steps),
    tableOf(stepColumns(nameOf), steps),
    pc.dim(
      wrapped(
        'gain: over the best before. A new best is beyond the noise of both; level: within it. Each is judged at 95 %, so of forty level attempts one may look better by chance.',
      ),
    ),
    ...stairs.map((line) => wrapped(line)),
    ideas.length === 0 ? '' : `\n${wrapped(pc.bold('Ideas'))}\n${tableOf(ideaColumns, ideas)}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** `3 h`, `2 days`: how long a stretch took, in its largest unit. */
function span(from: string, to: string): string {
  const minutes = Math.max(0, Date.parse(to) - Date.parse(from)) / 60_000;
  if (minutes < 90) return `${minutes.toFixed(0)} min`;
  return minutes < 48 * 60 ? `${(minutes / 60).toFixed(0)} h` : `${(minutes / 1440).toFixed(0)} days`;
}

const [rows, margin, maxWidth] = [8, 8, 72];

/** The best so far, attempt by attempt, on a log axis; empty for fewer than two attempts, or without a mean. */
function picture(steps: readonly Step[]): string {
  const bests = steps.map((_, i) => steps.slice(0, i + 1).findLast(isBest)?.mean?.value ?? null);
  const first = bests.findIndex((value) => value !== null);
  if (steps.length < 2 || first < 0) return '';
  const width = Math.min(maxWidth, Number.isFinite(screen().columns) ? screen().columns - margin - 4 : maxWidth);
  // Before the first best there is nothing to draw, and the line starts with it.
  const logs = Array.from({ length: width }, (_, i) => {
    return Math.log(bests[Math.max(first, Math.floor((i * bests.length) / width))] ?? 1);
  });
  const format = (log: number) => multiple(Math.exp(log)).padStart(margin);
  const drawn = chart([logs], { height: rows, format }).replace(/ +$/gm, '');
  const last = `attempt ${steps.length}`;
  return [
    pc.dim(wrapped('the best so far, on a log axis')),
    drawn,
    `${' '.repeat(margin + 2)}1${last.padStart(width - 1)}`,
  ].join('\n');
}

const stepColumns = (nameOf: (step: Step) => string): ColumnOf<Step>[] => [
  { head: 'when (UTC)', spare: 1, text: ({ createdAt }) => minute(createdAt) },
  { head: 'attempt', yields: 'cut', text: nameOf },
  { head: 'came to', text: ({ outcome }) => outcome, style: coloured },
  { head: 'mean', align: 'right', text: ({ mean }) => multiple(mean?.value ?? null) },
  { head: '95 % interval', spare: 2, text: ({ mean }) => interval(mean), style: pc.dim },
  { head: 'gain', align: 'right', text: ({ gain }) => multiple(gain?.value ?? null) },
  {
    head: 'idea, or what caught it',
    yields: 'fold',
    text: ({ about, caughtBy }) => [...(caughtBy === null ? [] : [`caught by ${caughtBy}`]), ...about].join('; '),
  },
];

const coloured = (outcome: string) =>
  outcome === 'failed' ? pc.red(outcome) : /first|best/.test(outcome) ? pc.green(outcome) : outcome;

const ideaColumns: readonly ColumnOf<Idea>[] = [
  { head: 'attempts', align: 'right', text: ({ attempts }) => `${attempts}` },
  { head: 'failed', align: 'right', text: ({ failed }) => `${failed}` },
  { head: 'new bests', align: 'right', text: ({ bests }) => `${bests}` },
  { head: 'best mean', align: 'right', text: ({ best }) => multiple(best) },
  { head: 'idea', yields: 'fold', text: ({ about }) => about },
];
