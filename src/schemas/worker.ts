/** What worker prints. */
import { z } from 'zod';
import { count, type DataOf, flag, text, textOrNull } from '../contract/fields.ts';

export const WorkerDone = z.strictObject({
  host: text('Name of this host.'),
  class: text('Its class, with Node and V8.'),
  done: count('Jobs whose outcome was handed in and counts.'),
  late: count('Jobs whose outcome came too late, and is not used.'),
  failed: count('Tries that failed or were given back.'),
  refused: count('Kinds of jobs that this installation cannot score.'),
  held: textOrNull('Why this host is held back; null if it is not.'),
  seconds: count('Duration, s.'),
  interrupted: flag('Whether it was stopped.'),
});
export type WorkerDone = DataOf<typeof WorkerDone>;
