/** What `bench --unseen` adds to a record: shapes that were drawn for the run, which count in no mean. */
import { z } from 'zod';
import { flag, orNull } from '../contract/fields.ts';
import { comparisons } from '../stats/verdict.ts';
import { count, Interval, list, number, numberOrNull, text } from './fields.ts';

/** A field of a result; what is left out is false. */
export const isUnseen = flag(
  'Whether the case is an unseen shape, which counts in no mean. Default: false.',
).optional();

const Shape = z.object({
  case: text('Name of the unseen shape.'),
  near: text('Name of the timed case that it is near.'),
  flop: number('Its textbook work over that of this case.'),
});

const UnseenOf = z.object({
  candidate: text('Id of the candidate, or name of the peer.'),
  peer: flag('Whether this is a peer.'),
  op: text('Name of the op.'),
  shapes: list('The unseen shapes, each beside a timed case.', Shape, 100, (shape) => shape.case),
  cases: count('Timed cases that they are near.'),
  known: orNull('Geometric mean of the speedups at those cases, each as often as a shape is near it.', Interval),
  unseen: orNull('Geometric mean of the speedups at the unseen shapes.', Interval),
  gap: orNull('`unseen` / `known`, taken in each round.', Interval),
  comparison: orNull('The gap compared with 1, by interval and noise floor.', z.enum(comparisons)),
  pace: numberOrNull("Candidate's textbook work per time at the unseen shapes over that at the known cases."),
  specialCased: flag('Whether both the gap and the pace say clearly that the candidate is made for the known cases.'),
});

export const UnseenList = list(
  'With --unseen: one for each candidate, known cases against unseen shapes.',
  UnseenOf,
  5000,
  (row) => `${row.op}\n${row.candidate}`,
).default([]);

export type UnseenOf = z.infer<typeof UnseenOf>;
