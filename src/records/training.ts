/** A run of `nfold train`, as .nfold/trainings keeps it. */
import { z } from 'zod';
import { type DataOf, flag, orNull, seed } from '../contract/fields.ts';
import { count, decimal, list, name, number, numberOrNull, sentence, text } from './fields.ts';
import { keep, keptOf, loadKept, origin } from './kept.ts';

const schema = 'nfold/training@1';

/** Points of a curve that are kept. */
export const maxPoints = 4000;

const curve = (what: string) =>
  list(
    `${what}: steps from the fresh model, with the loss. A curve of more than ${maxPoints} points is kept as means of the steps and losses over stretches of equal length.`,
    z.tuple([decimal.min(0), decimal]),
    maxPoints,
  );

/** What `--json` prints of it as well. */
export const trained = {
  candidate: text('Id of the candidate.'),
  case: text('Name of the model.'),
  text: sentence.describe('Name of the text.'),
  seed: seed('Seed of the run.'),
  threads: count('Threads that the candidate used.'),
  resumedAt: count('Steps before this run.'),
  steps: count('Steps of this run.'),
  timeNs: number('Time of its calls, ns.'),
  tokensPerSecond: numberOrNull('Tokens by that time.'),
};

/** The losses beside those of the baseline. */
export const compared = {
  steps: count('Steps that were compared.'),
  tokensPerSecond: numberOrNull("Tokens by the time of the baseline's calls."),
  largestDifference: number('Largest difference of the losses, nats per byte.'),
  at: count('The step that has it.'),
  boundedSteps: count('Steps whose difference has a bound.'),
  worst: number('Largest difference among these, as a share of its bound.'),
  within: flag('Whether that is within it.'),
};

export const Training = z.object({
  schema: z.literal(schema).describe('Version of this format.'),
  ...origin,
  ...trained,
  hash: name.describe('Content hash of the candidate.'),
  learningRate: number('Learning rate of AdamW.'),
  losses: curve('Of every step from the first, those before a checkpoint included'),
  heldOut: curve('On the held-out text'),
  baseline: orNull(
    'The baseline beside it, over the steps of this run.',
    z.object({ ...compared, losses: curve('Of the baseline') }),
  ),
});
export type Training = DataOf<typeof Training>;

type Tell = (sentence: string) => void;

export const keepTraining = (draft: Omit<Training, 'schema' | 'id'>, warn: Tell) =>
  keep('training', { schema, ...draft }, warn);

/** Throws NfoldError, which names the file. */
export const loadTraining = (file: string) => loadKept('training', Training, file);

/** The newest first. */
export const loadTrainings = (tell: Tell) => keptOf('training', Training, tell);
