/** What verification found wrong with a candidate, as a record keeps it. */
import { z } from 'zod';
import { seed } from '../contract/fields.ts';
import { anyOrNull, count, later, name, text, textOrNull } from './fields.ts';

/** Zod strips the other fields of a failure. */
export const Finding = z.object({
  reason: text('The kind of failure, such as `differs` or `wrote outside`.'),
  where: text('The element, guard band or call that it was found at.'),
  case: later('Name of the case.', name),
  distribution: later('Name of the distribution that the inputs were drawn from.', name),
  seed: later('Seed of the inputs.', seed('')),
  got: anyOrNull("The candidate's value."),
  want: anyOrNull('The value that it should be.'),
  error: anyOrNull('Absolute difference of the two.'),
  bound: anyOrNull('The largest difference that passes.'),
  elements: later(
    'All wrong elements of that tensor in that call.',
    z.object({
      tensor: text('Name of the tensor.'),
      wrong: count('Elements that are wrong.'),
      of: count('Elements that it has.'),
      shared: textOrNull('What all wrong ones share, such as `in the last 3 columns`; null if nothing was found.'),
    }),
  ),
});
