/** What new, tune, profile, train and selftest print. */
import { z } from 'zod';
import { Winner } from '../build/tuned.ts';
import {
  count,
  countOrNull,
  type DataOf,
  flag,
  list,
  orNull,
  seed as seedField,
  text,
  textOrNull,
  texts,
} from '../contract/fields.ts';
import { profiled } from '../records/profile.ts';
import { verdict } from '../records/schema.ts';
import { compared, trained } from '../records/training.ts';
import { Engine } from './engine.ts';

const candidate = text('Id of the candidate.');
const seed = seedField('Seed of the run.');
const threads = count('Threads that the candidate used.');

export const New = z.object({
  files: texts('The files that were written.'),
  next: texts('The commands to go on with.'),
});
export type New = DataOf<typeof New>;

export const Tuned = z.strictObject({
  candidate,
  hash: text('Content hash of the candidate.'),
  threads,
  file: text('The log of all trials.'),
  open: texts('Cases that the time did not reach.'),
  winners: list('The end of the search for each other case.', Winner),
});
export type Tuned = DataOf<typeof Tuned>;

export const Profiled = z.strictObject(profiled);
export type Profiled = DataOf<typeof Profiled>;

const losses = list('Loss of every step from the first.', z.number());

export const Trained = z.strictObject({
  ...trained,
  losses,
  heldOut: list('Steps, with the loss on a held-out text.', z.tuple([z.int(), z.number()])),
  baseline: orNull('The baseline beside it.', z.strictObject({ ...compared, losses })),
  sample: textOrNull('Text that the model wrote.'),
  checkpoint: textOrNull('File of the newest checkpoint.'),
  checkpointStep: countOrNull('Its step.'),
  displaced: flag('Whether it is not where it was asked for.'),
  interrupted: flag('Whether the run was stopped before its end.'),
  plot: textOrNull('File of the plot.'),
});
export type Trained = DataOf<typeof Trained>;

const judged = (what: string) =>
  list(
    what,
    z.strictObject({
      kernel: text('Id of the kernel.'),
      family: textOrNull('Kind of the cheat; null for an honest kernel.'),
      good: flag('Whether the verdict is the right one.'),
      verdict: z.enum([...verdict.options, 'pending']).describe('The verdict.'),
      message: text('The verdict in words.'),
    }),
  );

export const Selftested = z.strictObject({
  seed,
  seconds: count('Duration, s.'),
  isolation: text('What kept the kernels away from the rest of the machine.'),
  engine: Engine,
  cheats: judged('Kernels that must fail.'),
  honest: judged('Kernels that must pass.'),
});
export type Selftested = DataOf<typeof Selftested>;

export const Reported = z.strictObject({
  file: z.string().nullable().describe('The page; null if it went to stdout.'),
  bytes: z.int().min(0).describe('Its size.'),
  records: z.array(z.string()).describe('Ids of the records, oldest first.'),
  sections: z
    .array(
      z.strictObject({
        id: z.string().describe('Its anchor in the page.'),
        title: z.string().describe('What it found, in a sentence.'),
      }),
    )
    .describe('Its sections, in the order of the page.'),
});
export type Reported = z.infer<typeof Reported>;
