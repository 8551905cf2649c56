/** What `task score` and `task log` make of scores. */
import { z } from 'zod';
import {
  count,
  type DataOf,
  flag,
  list,
  number,
  numberOrNull,
  orNull,
  text,
  textOrNull,
  texts,
} from '../contract/fields.ts';
import { Interval } from '../records/fields.ts';
import { verdict } from '../records/schema.ts';
import { Score } from '../records/score.ts';
import { comparisons } from '../stats/verdict.ts';

const task = text('Name of the op or suite.');
const machineClass = text('Class of machines, with Node and V8; scores of two classes are never put together.');
const label = text('What the attempt is called: the name of its folder.');
const artefact = text('Hash of its files.');
const rank = count('Rank from 1; equal means share the better one.');
const mean = orNull('Arithmetic mean of the speedups; null if it failed or was withheld.', Interval);
const createdAt = text('When it was first scored, UTC.');

const Rung = z.strictObject({ multiple: number('Speedup that was published.'), what: text('Of whom, and when.') });
export type Rung = DataOf<typeof Rung>;

const rung = orNull(
  "The highest rung of the essay's ladder that the lower edge of the interval reaches; null for none, without an interval, and for tasks other than the essay's.",
  Rung,
);

const Attempt = z.strictObject({
  score: text('Id of the score.'),
  ...{ label, artefact },
  run: count('Which score of this attempt it is, from 1: the newest that counts.'),
  record: textOrNull('Id of its record.'),
  verdict,
  mean,
  comparison: orNull('The mean compared with 1, by interval and noise floor.', z.enum(comparisons)),
  geometric: numberOrNull('Geometric mean of the speedups.'),
  harmonic: numberOrNull('Harmonic mean of the speedups.'),
  shareOfPeak: Score.shape.shareOfPeak,
  ranks: orNull(
    'Its ranks among the attempts that have a mean; null without one.',
    z.strictObject({
      arithmetic: rank.describe('Rank by the arithmetic mean.'),
      geometric: rank.describe('Rank by the geometric mean.'),
      harmonic: rank.describe('Rank by the harmonic mean.'),
    }),
  ),
  rung,
});
export type Attempt = DataOf<typeof Attempt>;

const OverAttempts = z.strictObject({
  n: count('Attempts that it is taken over.'),
  mean: number('Mean over the attempts of their mean speedup.'),
  standardError: numberOrNull('Its standard error over the attempts; null for a single one.'),
  low: numberOrNull('Lower edge of its 95 % interval, at least 0; null for a single attempt.'),
  high: numberOrNull('Upper edge of its 95 % interval; null for a single attempt.'),
  rung,
});
export type OverAttempts = DataOf<typeof OverAttempts>;

const ClassSummary = z.strictObject({
  class: machineClass,
  n: count('Attempts that were judged, each by its newest run that counts.'),
  passed: count('Those that passed.'),
  failed: count('Those that failed.'),
  withoutMean: count(
    'Those that passed and have no mean, as the machine was not calm: they are in neither mean over attempts.',
  ),
  dropped: orNull('Over the attempts that have a mean: failures are dropped. Null if there is none.', OverAttempts),
  asOne: orNull('The same, with each failure counted as 1. Null if there is no attempt.', OverAttempts),
  best: orNull(
    'The attempt with the best mean; null if none has one.',
    Attempt.extend({ mean: Interval.describe('Its mean.'), of: count('Attempts that it is the best of.') }),
  ),
  attempts: list('Each attempt, the best mean first and failures last.', Attempt),
});
export type ClassSummary = DataOf<typeof ClassSummary>;

const Claim = z.strictObject({
  ...{ label, artefact },
  fasterOn: texts('Classes on which it is surely faster than the starting code.'),
  notOn: texts('Other classes on which it was judged.'),
});
export type Claim = DataOf<typeof Claim>;

const Pending = z.strictObject({
  label,
  state: z.enum(['waiting', 'active', 'dead']).describe('Where its job stands; `dead` after too many tries.'),
  host: textOrNull('Host that has it, or had it last.'),
  reason: textOrNull('Why it is dead, or why its last try failed.'),
  tries: count('Times that it was taken.'),
});
export type Pending = DataOf<typeof Pending>;

const HostRow = z.strictObject({
  host: text('Name of the host.'),
  class: machineClass,
  at: text('When its baseline was timed beside itself, UTC.'),
  ratio: orNull('Baseline over baseline: 1 but for the noise. Null without a calm round.', Interval),
  noiseFloor: numberOrNull('Largest difference, as a share, that one variant showed against itself.'),
  timeNs: numberOrNull('Time of a call of the baseline, ns.'),
  drift: numberOrNull('That over the median of the checks before: 1.1 is a tenth slower. Null for the first check.'),
  checks: count('Checks of this host.'),
  held: textOrNull('Why results of this host are held back; null if they count.'),
});

export const Scored = z.strictObject({
  task,
  classes: list('The attempts put together, one class of machines at a time.', ClassSummary),
  claims: list('On which classes each attempt is faster than the starting code.', Claim),
  scores: list('Every score of these attempts, whether it counts or not.', Score),
  pending: list('Attempts whose jobs have no score yet, or are dead.', Pending),
  hosts: list('The newest check of each host.', HostRow),
  interrupted: flag('Whether the command was stopped before all were scored.'),
});
export type Scored = DataOf<typeof Scored>;

export const outcomes = ['first', 'new best', 'level', 'below', 'failed', 'no mean'] as const;

const Step = z.strictObject({
  score: text('Id of the score that counts.'),
  ...{ label, artefact, createdAt },
  record: textOrNull('Id of its record.'),
  about: texts('The idea of each of its sources.'),
  verdict,
  caughtBy: textOrNull('What caught it if it did not pass.'),
  mean,
  gain: orNull('Its mean over the best mean before it; null for the first, and without a mean.', Interval),
  outcome: z
    .enum(outcomes)
    .describe('`new best` if it is beyond the noise above the best before, `level` if it is within the noise of it.'),
});
export type Step = DataOf<typeof Step>;

const Plateau = z.strictObject({
  after: textOrNull('What the best is called that stands during it; null before the first.'),
  attempts: count('Attempts in a row without a new best.'),
  from: text('When the first of them was scored, UTC.'),
  to: text('When the last of them was scored, UTC.'),
});
export type Plateau = DataOf<typeof Plateau>;

const Idea = z.strictObject({
  about: text('The idea, in its own words.'),
  attempts: count('Attempts with it.'),
  failed: count('Those of them that failed.'),
  bests: count('Those of them that were a new best, the first mean included.'),
  best: numberOrNull('The best of their means.'),
});
export type Idea = DataOf<typeof Idea>;

const Staircase = z.strictObject({
  class: machineClass,
  steps: list('The attempts in the order in which they were first scored.', Step),
  plateaus: list('Runs of at least two attempts without a new best.', Plateau),
  ideas: list('The ideas that were tried, the best mean first.', Idea),
});
export type Staircase = DataOf<typeof Staircase>;

export const Logged = z.strictObject({
  task,
  others: texts('Other tasks that have scores here.'),
  protocol: count('Version of the protocol; scores of other versions are left out.'),
  leftOut: count('Scores of this task that count in nothing, or are of another protocol.'),
  classes: list('The attempts over time, one class of machines at a time.', Staircase),
});
export type Logged = DataOf<typeof Logged>;
