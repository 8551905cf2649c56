/** Two candidates of one op, timed in the same rounds. */
import { z } from 'zod';
import { orNull } from '../contract/fields.ts';
import { comparisons } from '../stats/verdict.ts';
import { count, Interval, integer, numberOrNull, text, textOrNull } from './fields.ts';

export const Pair = z.object({
  op: text('Name of the op.'),
  first: text('Id of the candidate that was named first.'),
  candidate: text('Id of the other one.'),
  case: textOrNull('Name of the case; null for the mean over the cases of the op.'),
  ratio: orNull('Time of the first / time of the other: above 1, the other one is faster.', Interval),
  comparison: orNull('The other one compared with the first, by interval and noise floor.', z.enum(comparisons)),
  noiseFloor: numberOrNull('Difference, as a share, that one variant showed against itself in these rounds.'),
  rounds: count('Rounds that have calm calls of both.'),
  moreRounds: orNull(
    'Rounds beyond these that would decide what is inconclusive, if their spread stays; null if 100 would not, and for what is decided.',
    integer.min(1),
  ),
  withheld: textOrNull('Why there is no ratio; null if there is one.'),
});
export type Pair = z.infer<typeof Pair>;
