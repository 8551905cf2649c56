/** One score of one attempt at a task, as .nfold/scores keeps it; its record lies in .nfold/records. */
import { z } from 'zod';
import { type DataOf, flag, orNull, seed } from '../contract/fields.ts';
import { count, Interval, list, name, numberOrNull, op, sentence, text, textOrNull } from './fields.ts';
import { keep, keptOf, origin } from './kept.ts';
import { verdict } from './schema.ts';

const schema = 'nfold/score@1';

/** One timed case of a score. */
const Case = z.object({
  op,
  case: text('Name of the case.'),
  unseen: flag('Whether it is an unseen shape, which counts in no mean.'),
  speedup: orNull('Baseline time / candidate time; null if it was not timed.', Interval),
  weight: numberOrNull('Its share of the sum of the speedups, its weight in the arithmetic mean.'),
  percentOfPeak: numberOrNull('Minimum time that the roofline allows, in percent of the time taken.'),
});

export const Score = z.object({
  schema: z.literal(schema).describe('Version of this format.'),
  ...origin,
  task: name.describe('Name of the op or suite.'),
  suite: name.describe('The suite whose mean is the score.'),
  protocol: count('Version of the protocol; scores of two do not compare.'),
  key: text('Key of the job, which is scored once.'),
  label: sentence.describe('What the attempt is called: the name of its folder.'),
  artefact: text('Hash of its files.'),
  run: count('Which score of this attempt it is, from 1.'),
  effort: z.enum(['quick', 'default', 'thorough']).describe('How much time the score was given.'),
  seed: seed('Seed of the run.').nullable(),
  host: textOrNull('Name of the host that timed it.'),
  class: textOrNull('Class of that host, with Node and V8.'),
  record: textOrNull('Id of the record; null if there was no run.'),
  about: list('The idea of each source, in its own words.', sentence, 200),
  verdict: verdict.describe('`pass` if every op of the task passed.'),
  failure: textOrNull('Why it did not pass, in a sentence; the check that caught a cheat is named in it.'),
  replay: textOrNull('The command that repeats the check that failed.'),
  mean: orNull('Arithmetic mean of the speedups; null if it was withheld.', Interval),
  geometric: numberOrNull('Geometric mean of the speedups.'),
  harmonic: numberOrNull('Harmonic mean of the speedups.'),
  least: numberOrNull('Smallest speedup at any case.'),
  greatest: numberOrNull('Largest speedup at any case.'),
  withheld: textOrNull('Why there is no mean; null if there is one.'),
  shareOfPeak: numberOrNull('Mean over the cases of the share of the peak, in percent.'),
  cases: list('Each timed case, unseen shapes last.', Case, 5000),
  unseenGap: orNull(
    'Geometric mean of the speedups at unseen shapes over that at the cases that they are near.',
    Interval,
  ),
  specialCased: flag('Whether the attempt is clearly made for the known cases.'),
  held: textOrNull('Why it is held back, and counts in nothing: the host drifted. Null if it counts.'),
  late: count('Later outcomes of the same job, which were not used.'),
  ignored: list('Sentences: what else was changed in the folder.', sentence, 1000),
});
export type Score = DataOf<typeof Score>;

type Tell = (sentence: string) => void;

export const keepScore = (draft: Omit<Score, 'schema' | 'id'>, warn: Tell) => keep('score', { schema, ...draft }, warn);

/** The newest first. */
export const loadScores = (tell: Tell) => keptOf('score', Score, tell);
