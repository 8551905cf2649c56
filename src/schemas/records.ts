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
      timeNs: numberOrNull('Time of a call, ns: that of the baseline divided by the speedup.'),
      why: textOrNull('The verdict, if it explains why there is no speedup.'),
    }),
  ),
  changes: list(
    'One for each record but the first.',
    z.strictObject({
      ratio: orNull('Speedup in that record over that in its reference.', Interval),
      verdict: comparison('Whether it exceeds the noise; null where that cannot be judged.'),
    }),
  ),
});

export const Comparison = z.strictObject({
  records: list(
    'The records.',
    z.strictObject({
      id: text('Id of the record.'),
      name: textOrNull('Its name.'),
      class: textOrNull('Class of its machine; null if unknown.'),
    }),
  ),
  references: list(
    'For each record but the first, the index of the one that it is compared with: the first of its class of machines, or 0.',
    count('Index.'),
  ),
  means: list('One for each candidate and peer.', Row),
  cases: list('One for each of their cases.', Row),
  claims: list(
    'For records of several classes of machines: what each says of the mean of a candidate.',
    z.strictObject({
      op,
      candidate,
      class: text('Class of the machine.'),
      record: count('Index of the record.'),
      against: countOrNull('Index of the first record of the class, which it is compared with; null for the baseline.'),
      ratio: Interval.describe('Speedup over the baseline, or over that in the other record.'),
      verdict: comparison('Whether it exceeds the noise; null where that cannot be judged.'),
    }),
  ),
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
      attempt: countOrNull('Which attempt at the candidate it is among the records here, from 1; null for none.'),
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
    means: count('Means that it was chosen from.'),
    attempts: count('Attempts behind these means: with those that failed, or timed only some cases.'),
    candidates: count('Candidates that were attempted.'),
    elsewhere: count('Further attempts that do not compare: with another baseline, or on another machine.'),
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
