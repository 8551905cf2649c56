/** The record of a run. What isn't known is null. */
import { z } from 'zod';

const edge = z.number().nullable();
const Interval = z.object({ value: z.number(), low: edge, high: edge });

const Finding = z.object({
  reason: z.string(),
  where: z.string(),
  got: edge,
  want: edge,
  error: edge,
  bound: edge,
});

export const Result = z.object({
  candidate: z.string(),
  peer: z.boolean(),
  op: z.string(),
  case: z.string(),
  threads: z.int(),
  flags: z.array(z.string()),
  tier: z.enum(['W', 'J']).nullable(),
  hash: z.string().nullable(),
  verdict: z.enum(['pass', 'fail', 'unsupported', 'error']),
  speedup: Interval.nullable(),
  baseline: z.object({ hash: z.string(), timeNs: z.number().nullable() }),
  timeNs: z.number().nullable(),
  gflops: z.number().nullable(),
  /** 10^9 bytes a second, by the bytes that a call has to move at the least. */
  gbPerSecond: z.number().nullable().default(null),
  percentOfPeak: z.number().nullable(),
  /** Of the candidate as a whole: the largest error met, as a share of its bound. */
  verification: z.object({ worst: z.number(), bound: z.literal(1) }).nullable(),
});

const spread = {
  cases: z.int(),
  arithmetic: Interval.nullable(),
  geometric: z.number().nullable(),
  harmonic: z.number().nullable(),
  least: z.number().nullable(),
  greatest: z.number().nullable(),
  withheld: z.string().nullable(),
};

/** Over the cases of one op. */
export const Mean = z.object({
  candidate: z.string(),
  peer: z.boolean(),
  suite: z.string(),
  op: z.string().optional(),
  ...spread,
});

/** Over all cases of a suite of several ops, with the best candidate of each op. */
export const Overall = z.object({ suite: z.string(), candidates: z.array(z.string()), ...spread });

export const Record = z.object({
  schema: z.literal('nfold/record@1'),
  id: z.string(),
  createdAt: z.iso.datetime(),
  suite: z.string(),
  effort: z.enum(['quick', 'default', 'thorough']),
  seed: z.int(),
  text: z.string(),
  interrupted: z.boolean(),
  seconds: z.number(),
  machine: z.object({
    cpu: z.string(),
    cores: z.int(),
    memoryBytes: z.number(),
    os: z.string(),
    arch: z.string(),
    virtual: z.boolean().nullable(),
    load: z.number().nullable(),
  }),
  runtime: z.object({ nfold: z.string(), node: z.string(), v8: z.string() }),
  candidates: z.array(
    z.object({
      candidate: z.string(),
      peer: z.boolean(),
      op: z.string().nullable(),
      about: z.string().nullable(),
      verdict: z.enum(['pass', 'fail', 'unsupported', 'error']),
      /** Why it is not `pass`, in one sentence. */
      message: z.string().nullable(),
      replay: z.string().nullable(),
      finding: Finding.nullable(),
      checks: z.int(),
    }),
  ),
  results: z.array(Result),
  means: z.array(Mean),
  overall: z.array(Overall).default([]),
  /** Raw, in the order in which they were taken. */
  samples: z.array(
    z.object({ op: z.string(), round: z.int(), case: z.string(), variant: z.string(), timeNs: z.array(z.number()) }),
  ),
});
export type Record = z.infer<typeof Record>;
export type Result = z.infer<typeof Result>;
export type Mean = z.infer<typeof Mean>;
export type Overall = z.infer<typeof Overall>;
