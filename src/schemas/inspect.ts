/** What `nfold inspect --json` prints. A part that is missing is null, and `why` beside it says in a sentence why it is. */
import { z } from 'zod';
import {
  count,
  countOrNull,
  flag,
  list,
  number,
  numberOrNull,
  orNull,
  text,
  textOrNull,
  texts,
} from '../contract/fields.ts';

const tally = (what: string) => z.record(z.string(), z.int()).describe(what);
const why = textOrNull('Why this part is missing; null if it is there.');
const place = (what: string) =>
  orNull(
    what,
    z.object({
      file: text('The file.'),
      line: count('Line, from 1.'),
      column: countOrNull('Column, from 1.'),
    }),
  );

/** The kinds of instructions, with their names for a report. */
export const kinds = {
  fma256: count('Fused multiply-adds of 256 bits.'),
  fma128: count('Fused multiply-adds of 128 bits.'),
  other256: count('Other arithmetic of 256 bits.'),
  other128: count('Other arithmetic of 128 bits.'),
  single: count('Arithmetic on single numbers.'),
  load: count('Loads of vectors or numbers.'),
  broadcast: count('Loads that spread one number over a vector.'),
  store: count('Stores of vectors or numbers.'),
  move: count('Moves and shuffles between vector registers.'),
  scalar: count('Addresses, counters, compares and branches.'),
};

const Limit = z.object({ what: text('The reason.'), cycles: number('Cycles.') });

const Pass = z.object({
  instructions: count('Instructions of one pass.'),
  kinds: z.object(kinds).describe('The instructions by kind.'),
  spills: count('Instructions among them that use the stack, for lack of vector registers.'),
  flop: count('Floating-point operations; a fused multiply-add is two.'),
  limits: list('Cycles that a core needs at least, by reason.', Limit),
  flopPerCycle: number('The most that the largest of the limits allows.'),
  bits: count('Width of the arithmetic; 32 is one number at a time.'),
  most: count('Flop a cycle that fused multiply-adds of this width could reach.'),
});
export type Pass = z.infer<typeof Pass>;

const HotLoop = z.object({
  function: count('Index of its function.'),
  firstLine: count("Its first line in the module's text, from 1."),
  lastLine: count('Its last line there.'),
  operations: tally('Its instructions by name, without those of loops in it.'),
  flop: count('Floating-point operations of one pass, if no branch skips any.'),
  passes: countOrNull('Passes in one call with one thread; null if they could not be counted.'),
  share: numberOrNull("Its share in the flop of the module's loops, or if they have none, in their instructions."),
});
export type HotLoop = z.infer<typeof HotLoop>;

const Refused = z.object({
  why: text('The reason in words.'),
  count: count('Pairs that were refused for it.'),
  offsets: z.array(z.int()).describe('Of the first store of each pair.'),
});

const Joined = z.object({
  function: count('Index of the function.'),
  joined: tally('Pairs of 128-bit operations that became one of 256 bits, by name.'),
  tried: count('Pairs that V8 tried to join, with all that leads up to them.'),
  refused: list('Pairs that stayed apart.', Refused),
});
export type Joined = z.infer<typeof Joined>;

const OptimizedFunction = z.object({
  name: text('Empty for a function without a name.'),
  place: place('Where it stands in the source.'),
  optimized: count('How often V8 optimized it as a whole.'),
  inLoop: count('How often it did while a loop of it ran: on-stack replacement.'),
  inlined: texts('Functions that V8 put into it.'),
});

const Deoptimization = z.object({
  reason: text("V8's word for it."),
  meaning: textOrNull('The same in plain words.'),
  place: place('Where in the source.'),
  count: count('How often.'),
});

const Optimized = z.object({
  functions: list('Functions that V8 optimized.', OptimizedFunction),
  deoptimizations: list('Optimized code that V8 threw away again.', Deoptimization),
  bailouts: list(
    'Functions that V8 gave up to optimize.',
    z.object({ name: text('The function.'), reason: text("V8's word for the reason.") }),
  ),
});
export type Optimized = z.infer<typeof Optimized>;

const Memory = z.object({
  initial: count('Minimum, in pages of 64 KiB.'),
  maximum: count('Maximum, in pages of 64 KiB.'),
  shared: flag('Whether threads share it.'),
});

const Module = z.object({
  bytes: count('Its size.'),
  functions: count('How many functions it has.'),
  dataBytes: count('Bytes of constant data.'),
  memory: Memory.describe('The memory that it imports.'),
  imports: list(
    'What it imports.',
    z.object({ module: text('From which module.'), name: text('By which name.'), kind: text('What it is.') }),
  ),
  exports: list(
    'What it exports.',
    z.object({
      name: text('By which name.'),
      kind: text('What it is.'),
      parameters: orNull('Parameters of run and scratchBytes.', z.array(z.string())),
    }),
  ),
});

const Measured = z.object({
  record: text('The record.'),
  sameSource: flag('Whether the source was the same as now.'),
  threads: count('Threads that it used.'),
  timeNs: number('Typical time of a call, ns.'),
  gflops: numberOrNull('Gflop/s.'),
  percentOfPeak: numberOrNull('Share of the peak that bounds it.'),
  peak: textOrNull('That peak.'),
});

export const inspectData = z.object({
  candidate: text('Id of the candidate.'),
  op: text('Its op.'),
  case: text('The case that it was built for.'),
  about: text('Its idea.'),
  tier: z.enum(['W', 'J']).describe('W for WebAssembly, J for JavaScript.'),
  flags: texts('V8 flags that it asks for.'),
  threads: z.enum(['one', 'any']).describe('How many threads it can use.'),
  parameters: orNull('Of a generator that has some.', z.record(z.string(), z.union([z.number(), z.string()]))),
  module: orNull('The module; null for JavaScript.', Module),
  wat: z
    .object({
      why,
      text: text('Of the hot loop and the lines before it; with --wat, of the whole module.'),
      textLine: count('Number of its first line.'),
      loops: count('Loops of the module.'),
      hot: orNull('The loop that does most of the work.', HotLoop),
      guessed: textOrNull('Why the hot loop is a guess; null if its passes were counted.'),
    })
    .describe('The module as text.'),
  machineCode: z
    .object({
      why,
      pass: orNull('One pass of the hot loop.', Pass),
      gflops: numberOrNull('What its limit means here for one thread; null where no peak was measured.'),
      code: texts('The instructions of the hot loop.'),
    })
    .describe('What V8 made of the hot loop.'),
  revectorizer: z
    .object({
      why,
      asked: flag('Whether the candidate asks for the flag.'),
      functions: list('Functions in which V8 tried to join pairs.', Joined),
    })
    .describe('Pairs of 128-bit operations that V8 joined, and why not the others.'),
  optimizer: z
    .object({ why, found: orNull('What V8 said.', Optimized) })
    .describe('What the optimizing compiler did with JavaScript.'),
  timed: flag('Whether nfold times the case; if not, it only verifies it.'),
  measured: orNull('By the newest record here that times the candidate at this case.', Measured),
});
export type Inspection = z.infer<typeof inspectData>;
