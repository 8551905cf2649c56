/** What reproduce makes of a record. */
import { z } from 'zod';
import { count, type DataOf, flag, list, orNull, text, textOrNull } from '../contract/fields.ts';
import { Interval } from '../records/fields.ts';
import { verdict } from '../records/schema.ts';

export const outcomes = ['holds', 'does not hold', "can't be told"] as const;

const Claim = z.strictObject({
  op: text('Name of the op.'),
  candidate: text('Id of the candidate in the record.'),
  claim: z
    .enum(['verdict', 'mean', 'case'])
    .describe('What is claimed: the verdict of verification, the mean speedup, or the speedup at one case.'),
  case: textOrNull('Name of the case; null for the others.'),
  cases: count('Number of cases that the speedups here and there are taken over; 0 for a verdict.'),
  recorded: z
    .strictObject({
      verdict,
      speedup: orNull('The speedup that is claimed, over the cases that both runs timed if there are any.', Interval),
    })
    .describe('What the record says.'),
  here: orNull(
    'What came out here; null if it could not be run.',
    z.strictObject({ verdict, speedup: orNull('The same speedup here; null if it was not timed.', Interval) }),
  ),
  ratio: orNull('Speedup here over the one in the record.', Interval),
  outcome: z.enum(outcomes).describe('Whether the claim holds here.'),
  why: textOrNull('Why it does not hold, or cannot be told.'),
});
export type Claim = DataOf<typeof Claim>;

export const Reproduced = z.strictObject({
  record: text('Id of the record whose claims these are.'),
  again: textOrNull('Id of the record of the run here; null if nothing could be run.'),
  interrupted: flag('Whether the run here was stopped before its end.'),
  claims: list('What the record claims of each candidate.', Claim),
  cases: list('The same of each case; these are details and do not count.', Claim),
});
export type Reproduced = DataOf<typeof Reproduced>;
