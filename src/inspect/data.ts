/** What `nfold inspect --json` prints. A part that is missing is null, and `why` beside it says in a sentence why it is. */
import { z } from 'zod';

const text = z.string();
const int = z.int();
const number = z.number();
const tally = z.record(text, int);
const why = text.nullable().describe('Why this part is missing; null if it is there.');
const place = z.object({ file: text, line: int, column: int.nullable() }).nullable();

/** The kinds of instructions, with their names for a report. */
export const kinds = {
  fma256: int.describe('fused multiply-adds of 256 bits'),
  fma128: int.describe('fused multiply-adds of 128 bits'),
  other256: int.describe('other arithmetic of 256 bits'),
  other128: int.describe('other arithmetic of 128 bits'),
  single: int.describe('arithmetic on single numbers'),
  load: int.describe('loads of vectors or numbers'),
  broadcast: int.describe('loads that spread one number over a vector'),
  store: int.describe('stores of vectors or numbers'),
  move: int.describe('moves and shuffles between vector registers'),
  scalar: int.describe('addresses, counters, compares and branches'),
};

const Pass = z.object({
  instructions: int,
  kinds: z.object(kinds),
  spills: int.describe('Instructions among them that use the stack, for lack of vector registers.'),
  flop: int.describe('Floating-point operations; a fused multiply-add is two.'),
  limits: z.array(z.object({ what: text, cycles: number })).describe('Cycles that a core needs at least, by reason.'),
  flopPerCycle: number.describe('The most that the largest of the limits allows.'),
  bits: int.describe('Width of the arithmetic; 32 is one number at a time.'),
  most: int.describe('Flop a cycle that fused multiply-adds of this width could reach.'),
});
export type Pass = z.infer<typeof Pass>;

const HotLoop = z.object({
  function: int.describe('Index of its function.'),
  firstLine: int.describe("In the module's text, counted from 1."),
  lastLine: int,
  operations: tally.describe('Its instructions by name, without those of loops in it.'),
  flop: int.describe('Floating-point operations of one pass, if no branch skips any.'),
  passes: int.nullable().describe('Passes in one call with one thread; null if they could not be counted.'),
  share: number
    .nullable()
    .describe("Its share in the flop of the module's loops, or if they have none, in their instructions."),
});
export type HotLoop = z.infer<typeof HotLoop>;

const Joined = z.object({
  function: int,
  joined: tally.describe('Pairs of 128-bit operations that became one of 256 bits, by name.'),
  tried: int.describe('Pairs that V8 tried to join, with all that leads up to them.'),
  refused: z.array(
    z.object({ why: text, count: int, offsets: z.array(int).describe('Of the first store of each pair.') }),
  ),
});
export type Joined = z.infer<typeof Joined>;

const Optimized = z.object({
  functions: z.array(
    z.object({
      name: text.describe('Empty for a function without a name.'),
      place,
      optimized: int.describe('How often V8 optimized it as a whole.'),
      inLoop: int.describe('How often it did while a loop of it ran: on-stack replacement.'),
      inlined: z.array(text).describe('Functions that V8 put into it.'),
    }),
  ),
  deoptimizations: z.array(z.object({ reason: text, meaning: text.nullable(), place, count: int })),
  bailouts: z.array(z.object({ name: text, reason: text })).describe('Functions that V8 gave up to optimize.'),
});
export type Optimized = z.infer<typeof Optimized>;

const Module = z.object({
  bytes: int,
  functions: int,
  dataBytes: int,
  memory: z.object({ initial: int, maximum: int, shared: z.boolean() }).describe('In pages of 64 KiB.'),
  imports: z.array(z.object({ module: text, name: text, kind: text })),
  exports: z.array(z.object({ name: text, kind: text, parameters: z.array(text).nullable() })),
});

const Measured = z.object({
  record: text,
  sameSource: z.boolean().describe('Whether the source was the same as now.'),
  ...{
    threads: int,
    timeNs: number,
    gflops: number.nullable(),
    percentOfPeak: number.nullable(),
    peak: text.nullable(),
  },
});

export const inspectData = z.object({
  ...{ candidate: text, op: text, case: text, about: text },
  tier: z.enum(['W', 'J']).describe('W for WebAssembly, J for JavaScript.'),
  flags: z.array(text).describe('V8 flags that it asks for.'),
  threads: z.enum(['one', 'any']),
  parameters: z
    .record(text, z.union([number, text]))
    .nullable()
    .describe('Of a generator that has some.'),
  module: Module.nullable(),
  wat: z.object({
    why,
    text: text.describe('Of the hot loop and the lines before it; with --wat, of the whole module.'),
    textLine: int.describe('Number of its first line.'),
    loops: int,
    hot: HotLoop.nullable().describe('The loop that does most of the work.'),
    guessed: text.nullable().describe('Why the hot loop is a guess; null if its passes were counted.'),
  }),
  machineCode: z.object({
    why,
    pass: Pass.nullable(),
    gflops: number.nullable().describe('What its limit means here for one thread; null where no peak was measured.'),
    code: z.array(text),
  }),
  revectorizer: z.object({
    why,
    asked: z.boolean().describe('Whether the candidate asks for the flag.'),
    functions: z.array(Joined),
  }),
  optimizer: z.object({ why, found: Optimized.nullable() }),
  timed: z.boolean().describe('Whether nfold times the case; if not, it only verifies it.'),
  measured: Measured.nullable().describe('By the newest record here that times the candidate at this case.'),
});
export type Inspection = z.infer<typeof inspectData>;
