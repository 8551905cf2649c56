/** What a worker gets, and what it gives back. A job holds all that decides a score, so that any machine of its class can work it off. */
import { z } from 'zod';
import { count, type DataOf, list, orNull, seed, text, textOrNull } from '../contract/fields.ts';
import { byName } from '../records/fields.ts';

/** Scores of two protocols do not compare: it counts up when the judge, the cases or the sum of a score change. */
export const protocol = 1;

const hash = text('Content hash.');

export const Job = z.strictObject({
  protocol: z.int().describe('Version of the protocol.'),
  task: text('Name of the op or suite.'),
  ops: list('Its ops.', z.string()),
  baselines: byName(hash, 1000).describe(
    'Content hash of the baseline of each op, which the worker holds against its own.',
  ),
  label: text('What the attempt is called: the name of its folder.'),
  artefact: text('Hash of the files.'),
  files: list(
    'The sources of the attempt.',
    z.strictObject({
      path: text('Its path, such as kernels/sgemm/attempt.ts.'),
      content: z.base64().describe('Its bytes.'),
    }),
  ),
  effort: z.enum(['quick', 'default', 'thorough']).describe('How much time a score is given.'),
  threads: orNull('Threads that were asked for; null for one for each core of the worker.', count('Threads.')),
  seed: orNull('A seed that the user gave.', seed('Seed.')),
  secret: textOrNull('The random secret that the seed follows from; null for a seed that the user gave.'),
  unseen: count('Unseen shapes that are timed too.'),
  class: textOrNull('Machine class that it is for; null for any.'),
  run: count('Which score of this attempt it is, from 1.'),
});
export type Job = DataOf<typeof Job>;

/** What a judge makes of one job on one host. */
export interface Outcome {
  /** The record of the run, without an id. */
  readonly record: string;
  /** Whether the run was stopped: then the job is given back, and the record is not handed in. */
  readonly interrupted: boolean;
}
