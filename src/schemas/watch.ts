/** What each line of `watch` is with `--json`. */
import { z } from 'zod';
import {
  count,
  type DataOf,
  ErrorData,
  list,
  number,
  numberOrNull,
  orNull,
  text,
  textOrNull,
} from '../contract/fields.ts';
import { Result, verdict } from '../records/schema.ts';
import { Failure, Spread } from './verify.ts';

const Mean = z.strictObject({
  value: number('Mean speedup over the cases that were timed.'),
  low: numberOrNull('Lower edge of the 95 % interval.'),
  high: numberOrNull('Upper edge.'),
});

const Try = z.strictObject({
  event: z.literal('try').describe('A try came to its end, or to its numbers.'),
  preview: z.literal(true).describe('A few cases, one process each: no record holds it.'),
  try: count('Number of the try since the start. A second line of one try replaces the first.'),
  candidate: text('Id of the candidate.'),
  file: text('Its file.'),
  hash: textOrNull('Content hash of its source; null if it did not build.'),
  verdict: verdict.describe('What the checks have shown so far.'),
  checks: z
    .strictObject({ made: count('Checks that were made.'), of: count('Checks that are planned.') })
    .describe('While the rest of the checks is under way, `made` is fewer, and another line follows.'),
  message: textOrNull('Why the verdict is not `pass`, in one sentence.'),
  failure: orNull('The first thing found wrong.', Failure),
  spread: orNull('How far the failure reaches.', Spread),
  error: orNull('Why it could not be checked to the end.', ErrorData),
  results: list('One for each case that was timed, as in a record.', Result),
  mean: orNull('Over these cases.', Mean),
  before: orNull('The mean of the try before that has one.', Mean),
  best: orNull('The fastest try.', z.strictObject({ try: count('Its number.'), mean: orNull('Its mean.', Mean) })),
  seconds: z
    .strictObject({
      verdict: number('To the verdict, or to `pass` so far.'),
      firstNumber: numberOrNull('To the first speedup.'),
      total: number('To this line.'),
    })
    .describe('Since the save.'),
});

const Gone = z.strictObject({
  event: z.literal('gone').describe('The file is gone; the next save goes on.'),
  file: text('The file of the candidate.'),
});

/** A line. */
export const Watch = z.discriminatedUnion('event', [Try, Gone]);
export type Watch = DataOf<typeof Watch>;
