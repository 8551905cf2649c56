/** What task export and task check print. */
import { z } from 'zod';
import { type DataOf, flag, list, orNull, seed, text, textOrNull, texts } from '../contract/fields.ts';
import { Verify } from './verify.ts';

export const Exported = z.strictObject({
  folder: text('The folder that was written.'),
  task: text('Name of the op or suite.'),
  suite: text('The suite whose mean is the score.'),
  ops: texts('Its ops.'),
  format: z.enum(['plain', 'harbor']).describe('Kind of folder.'),
  files: texts('The files that were written, from the folder.'),
  next: texts('The commands to go on with.'),
});
export type Exported = DataOf<typeof Exported>;

export const Checked = z.strictObject({
  task: text('Name of the op or suite.'),
  label: text('What the attempt is called: the name of its folder.'),
  verdict: z.enum(['pass', 'fail']).describe('`pass` if every op of the task passed every check.'),
  fault: textOrNull('Why nothing could be checked: no source of an op, a link, a file too large. Null if it could.'),
  interrupted: flag('Whether it was stopped before all was checked.'),
  seed: orNull('The seed that the checks follow from; null if there were none.', seed('Seed.')),
  results: list('One for each op that was checked.', Verify.shape.results.element),
  ignored: list('Sentences: what else was changed in the folder.', z.string()),
  copied: list("Sentences: sources that are those of nfold's own kernels.", z.string()),
});
export type Checked = DataOf<typeof Checked>;
