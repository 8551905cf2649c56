/**
 * The record of a run, version 2. What isn't known is null. A field that a later nfold adds has a default, so that records of
 * this version from before still load; what changes otherwise takes a new version and a step in upgrade.ts. After a change:
 * `npm run schema`, which writes docs/record.schema.json.
 */
import { z } from 'zod';

export const recordSchema = 'nfold/record@2';

const edge = z.number().nullable();
const text = z.string().nullable();
const Interval = z.object({ value: z.number(), low: edge, high: edge });

/** The first thing found wrong with a candidate. */
const Finding = z.object({
  reason: z.string(),
  where: z.string(),
  case: text.default(null),
  distribution: text.default(null),
  seed: z.int().nullable().default(null),
  got: edge,
  want: edge,
  error: edge,
  bound: edge,
});

const Verdict = z.enum(['pass', 'fail', 'unsupported', 'error', 'impossible']);

/** What a comparison of two times says. */
export const Comparison = z.enum(['faster', 'slower', 'same', 'inconclusive']);
export type Comparison = z.infer<typeof Comparison>;

/** Files that something was built from, itself first; `hash` finds the text in `texts`. */
const Sources = z.array(z.object({ path: z.string(), hash: z.string() }));

export const Result = z.object({
  candidate: z.string(),
  peer: z.boolean(),
  op: z.string(),
  case: z.string(),
  threads: z.int(),
  flags: z.array(z.string()),
  tier: z.enum(['W', 'J']).nullable(),
  hash: text,
  verdict: Verdict,
  speedup: Interval.nullable(),
  /** Of the candidate with the baseline, by the interval and the noise floor. */
  comparison: Comparison.nullable().default(null),
  /** Differences up to this share are noise: the most that one variant, timed against itself in this run, showed at any case. */
  noiseFloor: edge.default(null),
  baseline: z.object({ hash: z.string(), timeNs: z.number().nullable() }),
  timeNs: z.number().nullable(),
  gflops: z.number().nullable(),
  /** 10^9 bytes a second, by the bytes that a call has to move at the least. */
  gbPerSecond: z.number().nullable().default(null),
  /** The least time that the roofline allows, as a share of the time taken. */
  percentOfPeak: z.number().nullable(),
  /** What bounds it by the roofline, as measured on this machine: what `percentOfPeak` is a share of. */
  peak: z
    .object({ bound: z.enum(['compute', 'memory']), name: z.string(), value: z.number(), unit: z.string() })
    .nullable()
    .default(null),
  /** Of a generator: what its code for this case was made with. */
  parameters: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .nullable()
    .default(null),
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
  withheld: text,
};

/** Over the cases of one op. */
export const Mean = z.object({
  candidate: z.string(),
  peer: z.boolean(),
  suite: z.string(),
  op: z.string(),
  ...spread,
  comparison: Comparison.nullable().default(null),
  /** Of the mean: what one variant, timed against itself in this run, showed. */
  noiseFloor: edge.default(null),
});

/** Over all cases of a suite of several ops, with the best candidate of each op. */
export const Overall = z.object({ suite: z.string(), candidates: z.array(z.string()), ...spread });

const Candidate = z.object({
  candidate: z.string(),
  peer: z.boolean(),
  op: text,
  about: text,
  verdict: Verdict,
  /** Why it is not `pass`, in one sentence. */
  message: text,
  replay: text,
  finding: Finding.nullable(),
  checks: z.int(),
  hash: text.default(null),
  sources: Sources.default([]),
  /** The how-manyth record in its folder that times this candidate, whatever its source was then; from 1. */
  attempt: z.int().nullable().default(null),
});

/** Samples that a rule, which does not look at their outcome, left out of the statistics; they are among `samples`. */
const Discard = z.object({
  op: z.string(),
  case: z.string(),
  variant: z.string(),
  rule: z.string(),
  count: z.int(),
  of: z.int(),
});

/** All but the bulk: what history and lists read. */
export const Summary = z.object({
  schema: z.literal(recordSchema),
  id: z.string(),
  createdAt: z.iso.datetime(),
  name: text.default(null),
  note: text.default(null),
  suite: z.string(),
  effort: z.enum(['quick', 'default', 'thorough']),
  seed: z.int(),
  /** The hash of a seed that was secret while the run went on, and the seed. */
  commitment: z.object({ hash: z.string(), secret: text }).nullable().default(null),
  text: z.string(),
  /** As asked for; what each candidate used stands in its results. */
  threads: z.int().nullable().default(null),
  caseFilter: text.default(null),
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
  /** What kept candidates away from the rest of the machine, in words. */
  isolation: text.default(null),
  /** What may have disturbed the times, in words. */
  warnings: z.array(z.string()).default([]),
  baselines: z.array(z.object({ op: z.string(), hash: z.string(), sources: Sources })).default([]),
  candidates: z.array(Candidate),
  results: z.array(Result),
  means: z.array(Mean),
  overall: z.array(Overall).default([]),
  discards: z.array(Discard).default([]),
});

/** In the order in which they are written: the bulk last, each on a line of its own. */
export const Record = Summary.extend({
  /** Raw, in the order in which they were taken. */
  samples: z.array(
    z.object({
      op: z.string(),
      round: z.int(),
      /** Within the round; two of them meet in opposite orders. */
      turn: z.int().default(0),
      case: z.string(),
      variant: z.string(),
      timeNs: z.array(z.number()),
      /** For how long each call was ready to run and had no CPU; null where the system does not say. */
      queuedNs: z.array(z.number()).nullable().default(null),
    }),
  ),
  /** Source texts by the hash of each. */
  texts: z.record(z.string(), z.string()).default({}),
});
export type Summary = z.infer<typeof Summary>;
export type Record = z.infer<typeof Record>;
export type Result = z.infer<typeof Result>;
export type Mean = z.infer<typeof Mean>;
export type Overall = z.infer<typeof Overall>;

/** A record to be: saving it gives it its id and counts its attempts. */
export type Draft = Omit<Record, 'id'>;
