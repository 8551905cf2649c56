/** The .nfold-task.json of a folder that was handed out: what it is, and what it was when it left. */
import { z } from 'zod';
import { count, type DataOf, text } from '../contract/fields.ts';
import { byName, list, name } from '../records/fields.ts';

export const manifestName = '.nfold-task.json';

export const Manifest = z.object({
  schema: z.literal('nfold/task@1').describe('Version of this format.'),
  task: name.describe('Name of the op or suite.'),
  suite: name.describe('The suite whose mean is the score.'),
  ops: list('Its ops.', name, 200),
  format: z.enum(['plain', 'harbor']).describe('Kind of folder.'),
  protocol: count('Version of the protocol of scores.'),
  baselines: byName(name, 1000).describe('Content hash of the baseline of each op.'),
  files: byName(name, 1000).describe('Every file as it was written: sha256 by path.'),
  nfold: text('Version of nfold.'),
  node: text('Version of Node that it runs on.'),
  v8: text('Version of V8.'),
});
export type Manifest = DataOf<typeof Manifest>;
