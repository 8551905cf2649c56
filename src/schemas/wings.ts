/** What new, tune, profile, train and selftest print. */
import { z } from 'zod';
import { Winner } from '../build/tuned.ts';
import {
  count,
  countOrNull,
  type DataOf,
  flag,
  list,
  number,
  numberOrNull,
  orNull,
  seed as seedField,
  text,
  textOrNull,
  texts,
} from '../contract/fields.ts';
import { verdict } from '../records/schema.ts';
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

const Profile = z.strictObject({
  stepNs: number('Median time of a step without marks, ns.'),
  ops: orNull(
    'In the order of the step, the rest last; null if nothing was marked.',
    z.array(
      z.strictObject({
        ops: texts('Ops that were timed together; none for hand-offs and the rest.'),
        timeNs: number('Median time in a step, ns.'),
        share: number('Share of the sum.'),
      }),
    ),
  ),
  sumNs: numberOrNull('Sum of these times, ns.'),
});

export const Profiled = z.strictObject({
  seed,
  text: text('Name of the text that tokens were drawn from.'),
  profiles: list(
    'One for each case and candidate.',
    z.strictObject({
      case: text('Name of the case.'),
      baseline: Profile.describe("The baseline's step."),
      candidate: orNull("The candidate's step.", Profile.extend({ id: candidate, threads })),
      amdahl: list(
        'What each measured speedup of an op makes of the whole step.',
        z.strictObject({
          op: text('Name of the op.'),
          candidate,
          speedup: number('Its mean speedup.'),
          record: textOrNull('Id of the record that has it; null if it was measured now.'),
          share: number("Share of the baseline's step that the op takes."),
          overall: number('Speedup of the step.'),
        }),
      ),
    }),
  ),
});
export type Profiled = DataOf<typeof Profiled>;

const losses = list('Loss of every step from the first.', z.number());

export const Trained = z.strictObject({
  candidate,
  case: text('Name of the model.'),
  text: text('Name of the text.'),
  seed,
  threads,
  resumedAt: count('Steps before this run.'),
  steps: count('Steps of this run.'),
  timeNs: number('Time of its calls, ns.'),
  tokensPerSecond: numberOrNull('Tokens by that time.'),
  losses,
  heldOut: list('Steps, with the loss on a held-out text.', z.tuple([z.int(), z.number()])),
  baseline: orNull(
    'The baseline beside it.',
    z.strictObject({
      steps: count('Steps that were compared.'),
      largestDifference: number('Largest difference of the losses, as a share.'),
      at: count('The step that has it.'),
      boundedSteps: count('Steps whose difference has a bound.'),
      worst: number('Largest difference among these, as a share of its bound.'),
      within: flag('Whether that is within it.'),
      losses,
    }),
  ),
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
  sections: z.array(
    z.strictObject({
      id: z.string().describe('Its anchor in the page.'),
      title: z.string().describe('What it found, in a sentence.'),
    }),
  ),
});
export type Reported = z.infer<typeof Reported>;
