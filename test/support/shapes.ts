/** What `--json` prints, command by command; of `bench` and `show` it is the record (src/records/schema.ts), of `peak` the ceilings. */
import { z } from 'zod';
import { Record } from '../../src/records/schema.ts';

const Interval = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
const Verdict = z.enum(['pass', 'fail', 'unsupported', 'error', 'impossible']);
const Misplaced = z.strictObject({ file: z.string(), message: z.string() });

export const List = z.strictObject({
  ops: z.array(
    z.strictObject({
      op: z.string(),
      about: z.string(),
      dims: z.array(z.string()),
      scalars: z.array(z.string()),
      cases: z.array(z.strictObject({ case: z.string(), extra: z.boolean(), flop: z.number() })),
      edges: z.array(z.string()),
      signature: z.strictObject({
        tensors: z.array(
          z.strictObject({
            name: z.string(),
            dtype: z.enum(['f32', 'i32']),
            role: z.enum(['in', 'out', 'inout']),
            shape: z.array(z.string()),
          }),
        ),
        ...{ c: z.string(), assemblyscript: z.string(), wat: z.string(), typescript: z.string() },
      }),
    }),
  ),
  candidates: z.array(
    z.strictObject({
      candidate: z.string(),
      op: z.string(),
      file: z.string(),
      about: z.string().nullable(),
      flags: z.array(z.string()),
      threads: z.enum(['one', 'any']).nullable(),
      tier: z.enum(['W', 'J']).nullable(),
      hash: z.string().nullable(),
      source: z.string().nullable(),
      last: z.strictObject({ record: z.string(), verdict: Verdict, speedup: z.number().nullable() }).nullable(),
      error: z.string().nullable(),
    }),
  ),
  problems: z.array(Misplaced),
});

export const Verified = z.strictObject({
  seed: z.int(),
  results: z.array(
    z.strictObject({
      candidate: z.string(),
      verdict: Verdict,
      checks: z.int().nullable(),
      verification: z.strictObject({ worst: z.number(), bound: z.literal(1) }).nullable(),
      message: z.string().nullable(),
      failure: z
        .strictObject({
          op: z.string(),
          candidate: z.string(),
          case: z.string(),
          distribution: z.string(),
          seed: z.int(),
          replay: z.string(),
          reason: z.string(),
          where: z.string(),
          got: z.number().nullable(),
          want: z.number().nullable(),
          error: z.number().nullable(),
          bound: z.number().nullable(),
        })
        .nullable(),
    }),
  ),
  misplaced: z.array(z.string()),
});

export const History = z.strictObject({
  candidate: z.string(),
  case: z.string().nullable(),
  history: z.array(
    z.strictObject({
      record: z.string(),
      name: z.string().nullable(),
      note: z.string().nullable(),
      createdAt: z.iso.datetime(),
      effort: z.string(),
      op: z.string(),
      speedup: Interval.nullable(),
      verdict: Verdict,
      attempt: z.int().nullable(),
      hash: z.string().nullable(),
      baselineHash: z.string().nullable(),
    }),
  ),
});

export const Best = z.array(
  z.strictObject({
    op: z.string(),
    candidate: z.string(),
    record: z.string(),
    hash: z.string().nullable(),
    arithmetic: Interval.nullable(),
    attempts: z.int(),
    candidates: z.int(),
    confirmation: z
      .strictObject({
        record: z.string(),
        interrupted: z.boolean(),
        mean: Interval.nullable(),
        ratio: Interval.nullable(),
        verdict: z.string().nullable(),
      })
      .nullable(),
  }),
);

const Peer = z.strictObject({ peer: z.string(), op: z.string(), reason: z.string().nullable() });

export const Doctor = z.strictObject({
  machine: Record.shape.machine,
  runtime: Record.shape.runtime,
  packages: z.record(z.string(), z.string()),
  features: z.record(z.string(), z.boolean()),
  measured: z.strictObject({ revectorized: z.number().nullable(), unrest: z.number() }),
  threads: z.int(),
  cpus: z.strictObject({ cpus: z.int(), cores: z.int(), quota: z.number().nullable() }),
  threadsThatWork: z.int(),
  isolation: z.string(),
  peers: z.array(Peer),
  state: z.string(),
  warnings: z.array(z.string()),
});

export const Trained = z.strictObject({
  candidate: z.string(),
  case: z.string(),
  text: z.string(),
  seed: z.int(),
  threads: z.int(),
  resumedAt: z.int(),
  steps: z.int(),
  timeNs: z.number(),
  tokensPerSecond: z.number().nullable(),
  losses: z.array(z.number()),
  heldOut: z.array(z.tuple([z.int(), z.number()])),
  baseline: z.looseObject({ losses: z.array(z.number()) }).nullable(),
  sample: z.string().nullable(),
  checkpoint: z.string().nullable(),
  checkpointStep: z.int().nullable(),
  displaced: z.boolean(),
  interrupted: z.boolean(),
  plot: z.string().nullable(),
});

export const Tuned = z.strictObject({
  candidate: z.string(),
  hash: z.string(),
  threads: z.int(),
  file: z.string(),
  open: z.array(z.string()),
  winners: z.array(z.looseObject({ case: z.string(), confirmed: z.boolean() })),
});

export const Profiled = z.strictObject({
  seed: z.int(),
  text: z.string(),
  profiles: z.array(z.looseObject({})).min(1),
});

const Judged = z
  .array(
    z.strictObject({
      kernel: z.string(),
      family: z.string().nullable(),
      good: z.boolean(),
      verdict: Verdict,
      message: z.string(),
    }),
  )
  .min(1);

export const Selftested = z.strictObject({
  seed: z.int(),
  seconds: z.int(),
  isolation: z.string(),
  cheats: Judged,
  honest: Judged,
});
