import { z } from 'zod';
import {
  count,
  countOrNull,
  type DataOf,
  ErrorData,
  list,
  number,
  orNull,
  seed,
  text,
  textOrNull,
} from '../contract/fields.ts';
import { Finding } from '../records/finding.ts';
import { verdict } from '../records/schema.ts';

export const Failure = Finding.omit({ case: true, distribution: true, seed: true }).extend({
  op: text('Name of the op.'),
  candidate: text('Id of the candidate.'),
  case: text('Name of the case.'),
  distribution: text('Distribution that the inputs were drawn from.'),
  seed: seed('Seed of the inputs.'),
  replay: text('The command that repeats the check.'),
});

export const Spread = z.strictObject({
  wrong: count('Checks that went wrong.'),
  of: count('Checks that were made, without those that have nothing to compute.'),
  wrongCases: count('Cases with a wrong check.'),
  cases: count('Cases of these checks.'),
  shared: textOrNull(
    'What all wrong ones and no right ones share: `the checks with K % 4 ≠ 0`. Null if nothing was found.',
  ),
  left: count('Checks that were not made.'),
  stopped: textOrNull('Why they were not made.'),
});

export const Verify = z.strictObject({
  seed: seed('Seed of the run.'),
  results: list(
    'One for each selected candidate.',
    z.strictObject({
      candidate: text('Id of the candidate.'),
      verdict: z.enum([...verdict.options, 'pending']).describe('What the checks showed; `pending` if none was made.'),
      checks: countOrNull('Checks that it passed; null if it did not pass all.'),
      verification: orNull(
        'How near it came to its bounds; null if it did not pass.',
        z.strictObject({
          worst: number('Largest error, as a share of its bound.'),
          bound: z.literal(1).describe('Always 1.'),
        }),
      ),
      message: textOrNull('Why the verdict is not `pass`, in one sentence.'),
      failure: orNull('The first thing found wrong.', Failure),
      spread: orNull('How far the failure reaches; null after --timed, which makes one check.', Spread),
      error: orNull('Why it could not be checked to the end.', ErrorData),
    }),
  ),
  misplaced: list('Files that are no candidates of any op.', ErrorData),
});
export type Verify = DataOf<typeof Verify>;
