/** One score of one attempt at a task, as .nfold/scores keeps it; its record lies in .nfold/records. */
import { basename } from 'node:path';
import { z } from 'zod';
import { type DataOf, flag, orNull, seed } from '../contract/fields.ts';
import { comparisons } from '../stats/verdict.ts';
import { caseName, count, Interval, list, name, numberOrNull, op, sentence, text, textOrNull } from './fields.ts';
import { newId } from './folder.ts';
import { keep, keptOf, origin } from './kept.ts';
import { verdict } from './schema.ts';
import { UnseenList } from './unseen.ts';

const schema = 'nfold/score@1';

/** One timed case of a score. */
const Case = z.object({
  op,
  case: caseName,
  unseen: flag('Whether it is an unseen shape, which counts in no mean.'),
  speedup: orNull('Baseline time / candidate time; null if there is none that stands alone.', Interval),
  disturbed: textOrNull('Why the speedup is withheld, where it was timed on a machine that was not calm.'),
  weight: numberOrNull('Its share of the sum of the speedups, its weight in the arithmetic mean; null if not in it.'),
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
  seed: orNull('Seed of the run; null if there was none.', seed('Seed.')),
  host: textOrNull('Name of the host that timed it.'),
  class: textOrNull('Class of that host, with Node and V8.'),
  record: textOrNull('Id of the record; null if there was no run, or no record was saved.'),
  about: list('The idea of each source, in its own words.', sentence, 200),
  verdict: verdict.describe('`pass` if every op of the task passed.'),
  caughtBy: textOrNull('What caught it if it did not pass: the kind of finding, or of error, and the case.'),
  failure: textOrNull('Why it did not pass, in a sentence.'),
  replay: textOrNull('A command that repeats the check that failed; null if it passed, or where none is known.'),
  mean: orNull('Arithmetic mean of the speedups over all cases; null if it was withheld.', Interval),
  comparison: orNull('The mean compared with 1, by interval and noise floor.', z.enum(comparisons)),
  noiseFloor: numberOrNull('Difference of the means, as a share, that one variant showed against itself.'),
  geometric: numberOrNull('Geometric mean of the speedups.'),
  harmonic: numberOrNull('Harmonic mean of the speedups.'),
  least: numberOrNull('Smallest speedup at any case.'),
  greatest: numberOrNull('Largest speedup at any case.'),
  withheld: textOrNull('Why there is no mean; null if there is one.'),
  shareOfPeak: numberOrNull('Mean share of the peak, in percent, over the cases of the mean whose share is known.'),
  cases: list('Each timed case, unseen shapes last.', Case, 5000),
  unseen: UnseenList.describe('By op: unseen shapes against the known cases that they are near.'),
  specialCased: flag('Whether the attempt is clearly made for the known cases.'),
  held: textOrNull('Why it is held back, and counts in nothing: the host drifted. Null if it counts.'),
  late: count('Later outcomes of the same job, which were not used.'),
  ignored: list('Sentences: what else was changed in the folder.', sentence, 1000),
  copied: list('Sentences: sources that are copies of kernels that come with nfold.', sentence, 1000),
});
export type Score = DataOf<typeof Score>;
export type ScoreDraft = Omit<Score, 'schema' | 'id'>;

type Tell = (sentence: string) => void;

/** Saves it, or warns, and returns it with its id. */
export function keepScore(draft: ScoreDraft, warn: Tell): Score {
  const file = keep('score', { schema, ...draft }, warn);
  return { schema, id: file === null ? newId(draft.createdAt) : basename(file, '.json'), ...draft };
}

/** The newest first. */
export const loadScores = (tell: Tell) => keptOf('score', Score, tell);
