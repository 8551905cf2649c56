/** What `nfold inspect --json` prints. A part that is not known is null, and `why` beside it says so in a sentence. */
import { z } from 'zod';

const text = z.string();
const count = z.int();
const number = z.number();
const why = text.nullable().describe('Why this part is missing, in one sentence; null if it is there.');
const kind = (what: string) => count.describe(what);

const Place = z
  .object({ file: text, line: count, column: count })
  .describe("Where in the candidate's source, counted from 1.");

export const Pass = z.object({
  instructions: count,
  kinds: z.object({
    fma256: kind('fused multiply-adds of 256 bits'),
    fma128: kind('fused multiply-adds of 128 bits'),
    other256: kind('other arithmetic of 256 bits'),
    other128: kind('other arithmetic of 128 bits'),
    single: kind('arithmetic on single numbers'),
    load: kind('loads of vectors or numbers'),
    broadcast: kind('loads that spread one number over a vector'),
    store: kind('stores of vectors or numbers'),
    move: kind('moves and shuffles between vector registers'),
    scalar: kind('addresses, counters, compares and branches'),
  }),
  spills: count.describe(
    'Instructions that move a vector or number to the stack or from it, as the registers did not hold it.',
  ),
  flop: count.describe('Floating-point operations; a fused multiply-add is two.'),
  needs: z
    .array(
      z.object({ what: z.enum(['arithmetic', 'loads', 'stores', 'instructions']), count, rate: count, cycles: number }),
    )
    .describe(
      'What a core has to start for it, how many of that it can start in a cycle, and the cycles that this takes.',
    ),
  chain: number.describe('Cycles of the longest chain of results that leads from pass to pass.'),
  cycles: number.describe('The largest of these: the least number of cycles for a pass.'),
  flopPerCycle: number.describe('The most that this allows.'),
  bits: z.literal([32, 128, 256]).describe('Width of its arithmetic; 32 is one number at a time.'),
  most: count.describe('Flop a cycle that fused multiply-adds of this width could reach.'),
});
export type Pass = z.infer<typeof Pass>;

export const HotLoop = z.object({
  function: count.describe('Index of its function.'),
  firstLine: count.describe('In the text of the module, counted from 1.'),
  lastLine: count,
  text: text.describe('Its lines.'),
  operations: z.record(text, count).describe('Its own instructions by name, without those of loops in it.'),
  flop: count.describe('Floating-point operations in one pass, if no branch skips any.'),
  passes: count.nullable().describe('Passes in one call with one thread; null if they could not be counted.'),
  share: number
    .nullable()
    .describe('Share of it in the floating-point operations of all loops, or else in their instructions.'),
});
export type HotLoop = z.infer<typeof HotLoop>;

export const Joined = z.object({
  function: count,
  joined: z.record(text, count).describe('Pairs of 128-bit operations that became one of 256 bits, by operation.'),
  shared: count.describe('Operations whose result both halves use, which were widened.'),
  trees: count.describe('Pairs that V8 tried to join, with all that they are computed from.'),
  refused: z.array(
    z.object({
      why: text,
      count,
      offsets: z.array(count).describe('Offsets of the first of each two stores, where the pairs are stores.'),
    }),
  ),
  note: text.nullable().describe('What else V8 decided for the function.'),
});
export type Joined = z.infer<typeof Joined>;

export const Optimized = z.object({
  calls: count.describe('Calls that were made.'),
  functions: z.array(
    z.object({
      name: text.describe('Empty for a function without a name.'),
      place: Place.nullable(),
      optimized: count.describe('How often V8 optimized it as a whole.'),
      inLoop: count.describe('How often it did so while a loop of it ran: on-stack replacement.'),
      inlined: z.array(text).describe('Functions that were compiled into it.'),
    }),
  ),
  deoptimizations: z.array(
    z.object({ reason: text.describe("V8's word."), meaning: text.nullable(), place: Place.nullable(), count }),
  ),
  bailouts: z.array(z.object({ name: text, reason: text, count })).describe('Functions that V8 gave up to optimize.'),
});
export type Optimized = z.infer<typeof Optimized>;

export const inspectData = z.object({
  candidate: text,
  op: text,
  case: text,
  about: text,
  tier: z.enum(['W', 'J']).describe('W for WebAssembly, J for JavaScript.'),
  flags: z.array(text).describe('V8 flags that it asks for.'),
  threads: z.enum(['one', 'any']),
  parameters: z
    .record(text, z.union([number, text]))
    .nullable()
    .describe('Of a generator that has some.'),
  module: z
    .object({
      bytes: count,
      functions: count,
      dataBytes: count,
      memory: z.object({ initial: count, maximum: count, shared: z.boolean() }).describe('Limits in pages of 64 KiB.'),
      imports: z.array(z.object({ module: text, name: text, kind: text })),
      exports: z.array(z.object({ name: text, kind: text, parameters: z.array(text).nullable() })),
    })
    .nullable(),
  wat: z.object({
    why,
    lines: count,
    loops: count,
    hot: HotLoop.nullable().describe('The loop that does most of the work.'),
    guessed: text.nullable().describe('Why the hot loop is a guess; null if its passes were counted.'),
    text: text.nullable().describe('The whole module, with --wat.'),
  }),
  machineCode: z.object({ why, pass: Pass.nullable(), gflops: number.nullable(), code: z.array(text) }),
  revectorizer: z.object({
    why,
    asked: z.boolean().describe('Whether the candidate asks for the flag.'),
    functions: z.array(Joined),
  }),
  optimizer: z.object({ why, found: Optimized.nullable() }),
  measured: z
    .object({
      record: text,
      sameSource: z.boolean().describe('Whether the source was what it is now.'),
      threads: count,
      timeNs: number,
      gflops: number.nullable(),
      percentOfPeak: number.nullable(),
      peak: text.nullable(),
    })
    .nullable()
    .describe('The newest record here that times the candidate at this case.'),
});
export type Inspection = z.infer<typeof inspectData>;
