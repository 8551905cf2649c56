/**
 * The record of a run, version 3. A value that is not known is null. A field that a later nfold adds has a default, so that older records
 * of this version still load; any other change takes a new version and a step in upgrade.ts. After a change, `npm run schema` writes
 * docs/record.schema.json, which holds the descriptions below.
 */
import { z } from 'zod';
import { ErrorData, flag, orNull, seed } from '../contract/fields.ts';
import { comparisons } from '../stats/verdict.ts';
import { CeilingsList } from './ceilings.ts';
import {
  byName,
  caseName,
  count,
  decimal,
  Interval,
  integer,
  later,
  list,
  name,
  number,
  numberOrNull,
  numbers,
  op,
  sentence,
  text,
  textOrNull,
  variant,
} from './fields.ts';
import { Finding } from './finding.ts';
import { Machine } from './machine.ts';
import { Pair } from './pair.ts';
import { isUnseen, UnseenList } from './unseen.ts';
import { Warning } from './warning.ts';

export const recordSchema = 'nfold/record@3';

/** The rule of stats/samples.ts, which does not look at the times. */
export const discardRule =
  'waited for a CPU for more than 2 % of the call, or lies in a turn dropped because one side had no calm call; variant and baseline calls counted';

const object = <S extends z.ZodRawShape>(what: string, shape: S) => z.object(shape).describe(what);

const candidate = text('Id of the candidate, such as sgemm/ikj-ts, or name of the peer.');
const peer = flag('Whether this is a peer: a published library, timed beside the candidates.');
const suite = text('Name of the suite.');
const hash = text('Content hash of the baseline.');
export const verdict = z
  .enum(['pass', 'fail', 'unsupported', 'error', 'impossible'])
  .describe('What verification and the timed calls showed; a peer that is not installed is unsupported.');
/** Characters of a source text: that of a ready-made module is a data URL. */
const maxSource = 2 ** 21;
const keyOf = (row: { readonly op: string | null; readonly candidate: string }) => `${row.op}\n${row.candidate}`;
const source = z.object({ path: text('Path of the file.'), hash: text('Hash of its text, a key of `texts`.') });
const sources = list('Files that it was built from, its own first.', source, 100);

/** A record's reader may print it. */
const ErrorOf = ErrorData.refine((error) => JSON.stringify(error).length <= 30_000, 'is too long');

const Candidate = z.object({
  candidate,
  peer,
  op: textOrNull('Name of the op; null for a file that belongs to none.'),
  about: textOrNull('The idea, in one line.'),
  verdict,
  message: textOrNull('Why the verdict is not `pass`, in one sentence.'),
  replay: textOrNull('A command that repeats the check that failed.'),
  finding: orNull('The first thing found wrong with the candidate; null if nothing was.', Finding),
  error: later('Why it could not be verified or timed; null if it could.', ErrorOf),
  checks: count('Checks that it passed.'),
  hash: later('Content hash of the candidate; null for a peer, and if it was not built.', name),
  sources: sources.default([]),
  attempt: later(
    'Which attempt at this candidate it was when it was saved, from 1, among the records of its folder; null for none.',
    integer,
  ),
});

export const Result = z.object({
  candidate,
  peer,
  op,
  case: caseName,
  unseen: isUnseen,
  threads: count('Threads that it used.'),
  flags: list('V8 flags that it ran with.', name, 20),
  tier: orNull('W for WebAssembly, J for JavaScript; null for a peer.', z.enum(['W', 'J'])),
  hash: textOrNull('Content hash of the candidate; null for a peer, and if it was not built.'),
  verdict,
  speedup: orNull('Baseline time / candidate time; null if it was not timed or did not pass.', Interval),
  comparison: later('The candidate compared with the baseline, by interval and noise floor.', z.enum(comparisons)),
  disturbed: later('Why the speedup is withheld, where it was timed on a machine that was not calm.', sentence),
  noiseFloor: later('Largest difference, as a share, that one variant showed against itself at any case.', decimal),
  baseline: object('What the speedup is a multiple of.', {
    hash,
    timeNs: numberOrNull('Typical time of a call, ns: the median over turns of the median calm call.'),
  }),
  timeNs: numberOrNull('Time of a call, ns: that of the baseline divided by the speedup; null without a speedup.'),
  gflops: numberOrNull('Textbook work per time, 10^9 flop a second.'),
  gbPerSecond: later('Bytes that a call has to move, per time, 10^9 bytes a second.', decimal),
  percentOfPeak: numberOrNull('Minimum time that the roofline allows, in percent of the time taken.'),
  peak: later(
    'The measured bound that `percentOfPeak` refers to.',
    z.object({
      bound: z.enum(['compute', 'memory']).describe('Which side of the roofline bounds the case.'),
      name: text('Width, threads or memory level of that bound.'),
      value: number('Its measured rate.'),
      unit: text('Unit of the rate: Gflop/s or GB/s, both 10^9.'),
    }),
  ),
  parameters: later(
    'Parameters that a generator made the code for this case with.',
    byName(z.union([decimal, name]), 100),
  ),
  verification: orNull(
    'Result for the candidate over all cases; null if it did not pass.',
    z.object({
      worst: number('Largest error, as a share of its bound.'),
      bound: z.literal(1).describe('Always 1.'),
    }),
  ),
});

const spread = {
  cases: count('Cases that the mean is taken over.'),
  arithmetic: orNull('Arithmetic mean of the speedups: the mean that nfold reports.', Interval),
  geometric: numberOrNull('Geometric mean of the speedups.'),
  harmonic: numberOrNull('Harmonic mean of the speedups.'),
  least: numberOrNull('Smallest speedup at any case.'),
  greatest: numberOrNull('Largest speedup at any case.'),
  withheld: textOrNull('Why there is no mean; null if there is one.'),
};

const Mean = z.object({
  candidate,
  peer,
  suite,
  op,
  ...spread,
  comparison: later('The mean compared with 1, by interval and noise floor.', z.enum(comparisons)),
  noiseFloor: later('Difference of the means, as a share, that one variant showed against itself.', decimal),
  weights: later(
    'By case: its share of the sum of the speedups, its weight in the arithmetic mean.',
    byName(decimal, 1e4),
  ),
});

const Overall = z.object({ suite, candidates: list('The best candidate of each op.', name, 200), ...spread });

/** A record without its bulk, for history and lists. */
export const Summary = z.object({
  schema: z.literal(recordSchema).describe('Version of this format.'),
  id: text('Unique id: date, time (UTC) and four random digits.'),
  createdAt: z.iso.datetime().describe('When the run started, UTC.'),
  name: later('Name that the user gave the record.', name),
  note: later("The user's note.", sentence),
  suite: text('Names of the suites that were run, joined by +.'),
  suites: list(
    'The suites as they were in this run.',
    z.object({
      name: suite,
      ops: list('Its ops, in the order in which they are shown.', name, 200, (op) => op),
      showsEssayResults: flag("Whether its mean is shown among the essay's results."),
    }),
    20,
    (one) => one.name,
  ),
  effort: z.enum(['quick', 'default', 'thorough']).describe('How much time the run was given.'),
  seed: seed('Seed of all inputs and orders.'),
  commitment: later(
    'Proof that the seed was fixed before the run; null for a seed that was given.',
    z.object({ hash: text('Hash of the secret, printed before the run.'), secret: textOrNull('The secret.') }),
  ),
  text: sentence.describe('Name of the text that tokens were drawn from.'),
  threads: later('Threads that were asked for; each result has what was used.', integer),
  caseFilter: later('Filter of the cases, as given.', sentence),
  interrupted: flag('Whether the run was stopped before its end.'),
  seconds: number('Duration of the run, s.'),
  machine: Machine.describe('The machine of the run.'),
  runtime: object('The versions of the run.', {
    nfold: text('Version of nfold.'),
    node: text('Version of Node.'),
    v8: text('Version of V8.'),
  }),
  ceilings: CeilingsList,
  isolation: later('What kept candidates away from the rest of the machine.', name),
  warnings: list('What may have disturbed the times.', Warning, 10_000).default([]),
  baselines: list('The frozen baseline of each op.', z.object({ op, hash, sources }), 1000, (row) => row.op).default(
    [],
  ),
  candidates: list('Every candidate, peer and misplaced file of the run.', Candidate, 5000, keyOf),
  results: list('One for each candidate and case.', Result, 20_000, (row) => `${keyOf(row)}\n${row.case}`),
  means: list(
    'One for each candidate and suite, over the cases of one op.',
    Mean,
    5000,
    (row) => `${keyOf(row)}\n${row.suite}`,
  ),
  pairs: list(
    'Candidates of one op against the first of them, paired within rounds: a row for the mean, and one for each case.',
    Pair,
    20_000,
    (row) => `${keyOf(row)}\n${row.case ?? ''}`,
  ).default([]),
  overall: list('For suites of several ops: over all cases, with the best of each op.', Overall, 20).default([]),
  unseen: UnseenList,
  discards: list(
    'Calls left out of the statistics; they are among the samples.',
    z.object({
      op,
      case: caseName,
      variant,
      rule: z.literal(discardRule).describe('Why calls were left out.'),
      count: count('Calls that were left out.'),
      of: count('Calls that were timed.'),
    }),
    100_000,
  ).default([]),
});

const Sample = z.object({
  op,
  round: count('Round, from 0: fresh processes for every variant.'),
  turn: z.int().default(0).describe('Turn within the round, from 0; each second one has the reverse order.'),
  case: caseName,
  variant,
  timeNs: numbers('Time of each call, ns, in time order.', Number.MIN_VALUE, 1e6),
  queuedNs: later('Time that each call waited for a CPU, ns; null if unknown.', numbers('Of each call.', 0, 1e6)),
});

/** Fields are written in this order; those of the bulk come last, each on a line of its own. */
export const Record = Summary.extend({
  samples: list('Raw times, in the order in which they were taken.', Sample, 1e6, (one) =>
    [one.op, one.case, one.variant, one.round, one.turn].join('\n'),
  ),
  texts: byName(z.string().max(maxSource), 10_000).default({}).describe('Source texts, by the hash of each.'),
});
export type Summary = z.infer<typeof Summary>;
export type Record = z.infer<typeof Record>;
export type Result = z.infer<typeof Result>;
export type Mean = z.infer<typeof Mean>;
export type Overall = z.infer<typeof Overall>;

/** A record that is not saved yet: saving adds its id and the attempt of each candidate. */
export type Draft = Omit<Record, 'id'>;
