/** What `nfold profile` found, as .nfold/profiles keeps it. */
import { z } from 'zod';
import { type DataOf, orNull, seed } from '../contract/fields.ts';
import { caseName, count, list, name, number, numberOrNull, op, sentence, text, textOrNull } from './fields.ts';
import { keep, keptOf, loadKept, origin } from './kept.ts';
import { Summary } from './schema.ts';

const schema = 'nfold/profile@1';
const candidate = text('Id of the candidate.');

const Share = z.object({
  ops: list('Ops that were timed together; none for hand-offs and the rest.', name, 200),
  timeNs: number('Median time in a step, ns.'),
  share: number('Share of the sum.'),
});

const Step = z.object({
  stepNs: number('Median time of a step without marks, ns.'),
  ops: orNull('In the order of the step, the rest last; null if nothing was marked.', list('Shares.', Share, 200)),
  sumNs: numberOrNull('Sum of these times, ns.'),
});

const Gain = z.object({
  op,
  candidate,
  speedup: number('Its mean speedup.'),
  record: textOrNull('Id of the record that has it; null if it was measured now.'),
  share: number("Share of the baseline's step that the op takes."),
  overall: number('Speedup of the step.'),
});

const Profile = z.object({
  case: caseName,
  baseline: Step.describe("The baseline's step."),
  candidate: orNull(
    "The candidate's step.",
    Step.extend({ id: candidate, threads: count('Threads that the candidate used.') }),
  ),
  amdahl: list('What each measured speedup of an op makes of the whole step.', Gain, 1000),
});

/** What `--json` prints of it. */
export const profiled = {
  seed: seed('Seed of the run.'),
  text: sentence.describe('Name of the text that tokens were drawn from.'),
  profiles: list('One for each case and candidate.', Profile, 1000),
};

export const KeptProfile = z.object({
  schema: z.literal(schema).describe('Version of this format.'),
  ...origin,
  effort: Summary.shape.effort,
  variants: list(
    'The steps that were timed, the baseline first.',
    z.object({ id: text('Id of the variant.'), hash: text('Content hash of its source.') }),
    1000,
    ({ id }) => id,
  ),
  ...profiled,
});
export type KeptProfile = DataOf<typeof KeptProfile>;

type Tell = (sentence: string) => void;

export const keepProfile = (draft: Omit<KeptProfile, 'schema' | 'id'>, warn: Tell) =>
  keep('profile', { schema, ...draft }, warn);

/** Throws NfoldError, which names the file. */
export const loadProfile = (file: string) => loadKept('profile', KeptProfile, file);

/** The newest first. */
export const loadProfiles = (tell: Tell) => keptOf('profile', KeptProfile, tell);
