/** What compare, history and best make of records. */
import { z } from 'zod';
import {
  count,
  countOrNull,
  type DataOf,
  flag,
  list,
  numberOrNull,
  orNull,
  text,
  textOrNull,
} from '../contract/fields.ts';
import { Interval } from '../records/fields.ts';
import { Summary, verdict } from '../records/schema.ts';
import { comparisons } from '../stats/verdict.ts';

const op = text('Name of the op.');
const candidate = text('Id of the candidate, or name of the peer.');
const comparison = (what: string) => orNull(what, z.enum(comparisons));

const Row = z.strictObject({
  op,
  candidate,
  peer: flag('Whether it is a peer.'),
  case: textOrNull('Name of the case; null for the mean over the cases that all records timed.'),
  cases: count('Number of these cases.'),
  sides: list(
    'One for each record.',
    z.strictObject({
      speedup: orNull('Speedup in that record.', Interval),
      timeNs: numberOrNull('Typical time of a call, ns.'),
      why: textOrNull('The verdict, if it explains why there is no speedup.'),
    }),
  ),
  changes: list(
    'One for each record but the first.',
    z.strictObject({
      ratio: orNull('Speedup in that record over that in the first.', Interval),
      verdict: comparison('Whether it exceeds the noise; null where that cannot be judged.'),
    }),
  ),
});

export const Comparison = z.strictObject({
  records: list(
    'The records, the first of which the others are compared with.',
    z.strictObject({ id: text('Id of the record.'), name: textOrNull('Its name.') }),
  ),
  means: list('One for each candidate and peer.', Row),
  cases: list('One for each of their cases.', Row),
});
export type Comparison = DataOf<typeof Comparison>;

export const History = z.strictObject({
  candidate,
  case: textOrNull('The case that was asked for; null for the mean.'),
  history: list(
    'One for each record that has the candidate, oldest first.',
    z.strictObject({
      record: text('Id of the record.'),
      ...Summary.pick({ name: true, note: true, createdAt: true, effort: true }).shape,
      op,
      speedup: orNull('The mean over all cases of the suite, or the speedup at the case; null without one.', Interval),
      part: orNull(
        'What was measured where there is no mean over all cases.',
        z.strictObject({
          speedup: orNull('Arithmetic mean over the measured cases, without an interval.', z.number()),
          cases: list('Names of these cases.', z.string()),
        }),
      ),
      withheld: textOrNull('Why there is no such mean or speedup.'),
      verdict,
      attempt: countOrNull('Ordinal of the record among those of its folder that time the candidate.'),
      hash: textOrNull('Content hash of the candidate.'),
      baselineHash: textOrNull('Content hash of the baseline.'),
    }),
  ),
});
export type History = DataOf<typeof History>;

export const Best = z.array(
  z.strictObject({
    op,
    candidate,
    record: text('Id of the record that has its best mean.'),
    hash: textOrNull('Content hash of the candidate.'),
    arithmetic: orNull('The mean speedup.', Interval),
    attempts: count('Means that it was chosen from.'),
    candidates: count('Candidates among them.'),
    confirmation: orNull(
      'A second measurement, on a fresh seed; null without --confirm.',
      z.strictObject({
        record: text('Id of its record.'),
        interrupted: flag('Whether it was stopped before its end.'),
        mean: orNull('The mean speedup now.', Interval),
        ratio: orNull('The mean now over the one that was claimed.', Interval),
        verdict: comparison('Whether the two differ beyond noise.'),
      }),
    ),
  }),
);
export type Best = DataOf<typeof Best>;
