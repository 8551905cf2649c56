/** Outcomes of a run to its record: medians, speedups and means, with everything that they were made from. */

import { availableParallelism } from 'node:os';
import type { Suite } from '../../bench/suites.ts';
import type { Built } from '../build/build.ts';
import { hashOf } from '../build/sources.ts';
import { type Problem, told } from '../catalog/candidates.ts';
import { isolation } from '../cell/lockdown.ts';
import { plain } from '../contract/errors.ts';
import { type AnyOp, bytesMoved, type Case } from '../contract/op.ts';
import { threadsOf } from '../contract/variant.ts';
import { shown } from '../files/places.ts';
import { verdictText } from '../judge/verdict.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import type { Machine, Runtime } from '../machine/describe.ts';
import { type Resources, roof, workOf } from '../machine/roofline.ts';
import { type Draft, type Mean, type Overall, type Record, type Result, recordSchema } from '../records/schema.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from '../run/outcome.ts';
import { byMean, means } from '../stats/means.ts';
import { speedup, typicalNs } from '../stats/speedup.ts';
import { compare, noiseFloor } from '../stats/verdict.ts';
import type { Effort } from '../stopwatch/effort.ts';
import { discards, observed } from './observed.ts';
import { warningsOf } from './warnings.ts';

export interface RunFacts {
  readonly machine: Machine;
  readonly runtime: Runtime;
  readonly options: RunOptions;
  readonly textName: string;
  readonly startedAt: Date;
  /** How long it took, by a clock that nobody sets. */
  readonly seconds: number;
  readonly interrupted: boolean;
  /** Misplaced files, which belong to no op. */
  readonly strays: readonly Problem[];
  /** Of this machine; null where they could not be measured. */
  readonly ceilings: Ceilings | null;
  readonly name?: string;
  readonly note?: string;
}

/** Times in nanoseconds, rates in Gflop/s and 10^9 bytes a second; what is not known is null. */
export function assemble(outcomes: readonly OpOutcome[], facts: RunFacts): Draft {
  const { machine, runtime, options, startedAt, seconds, textName, interrupted, strays } = facts;
  const ran = new Set(outcomes.map(({ suite }) => suite));
  return {
    schema: recordSchema,
    createdAt: startedAt.toISOString(),
    name: facts.name ?? null,
    note: facts.note ?? null,
    suite: [...ran].map(({ name }) => name).join('+'),
    effort: options.effort.name,
    seed: options.seed,
    commitment: options.committed.commitment,
    text: textName,
    threads: options.threads,
    caseFilter: options.caseFilter ?? null,
    interrupted: interrupted || outcomes.some((outcome) => outcome.interrupted),
    seconds,
    machine,
    runtime,
    isolation: isolation(),
    warnings: warningsOf(observed(outcomes, machine, options.threads)),
    baselines: unique(outcomes.map(({ op, baseline }) => ({ op: op.name, ...snapshot(baseline) }))),
    candidates: [
      ...outcomes.flatMap((outcome) => outcome.candidates.map((entry) => candidateOf(outcome, entry))),
      ...strays.map(strayOf),
    ],
    results: outcomes.flatMap((o) =>
      o.candidates.flatMap((entry) => o.cases.map((c) => resultOf(o, entry, c, options, facts.ceilings))),
    ),
    means: outcomes.flatMap((outcome) => outcome.candidates.map((entry) => meanOf(outcome, entry, options.effort))),
    overall: [...ran].flatMap((suite) => overallOf(suite, outcomes, options.effort) ?? []),
    discards: discards(outcomes),
    samples: outcomes.flatMap(({ op, samples }) =>
      samples.map(({ timeNs, queuedNs, ...sampled }) => ({
        op: op.name,
        ...sampled,
        timeNs: [...timeNs],
        queuedNs: queuedNs && [...queuedNs],
      })),
    ),
    texts: textsOf(
      outcomes.flatMap(({ baseline, candidates }) => [baseline, ...candidates.flatMap((e) => e.built ?? [])]),
    ),
  };
}

/** Which files it was built from, by the hashes of their texts. */
function snapshot({ hash, sources }: Built) {
  return { hash, sources: sources.map(({ path, text }) => ({ path, hash: hashOf(text) })) };
}

function textsOf(built: readonly Built[]): Record['texts'] {
  return Object.fromEntries(built.flatMap(({ sources }) => sources.map(({ text }) => [hashOf(text), text])));
}

/** An op of two suites has one baseline. */
function unique(baselines: Record['baselines']): Record['baselines'] {
  return [...new Map(baselines.map((baseline) => [baseline.op, baseline])).values()];
}

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

function strayOf(problem: Problem): Record['candidates'][number] {
  const nothing = { about: null, replay: null, finding: null, checks: 0, hash: null, sources: [], attempt: null };
  const candidate = plain(shown(problem.file));
  return { candidate, peer: false, op: null, verdict: 'error', message: told(problem), ...nothing };
}

function candidateOf(
  { op }: OpOutcome,
  { id, about, built, peer, verdict }: CandidateOutcome,
): Record['candidates'][number] {
  const failed = verdict.status === 'fail' ? verdict.failure : null;
  return {
    candidate: id,
    peer: peer !== null,
    op: op.name,
    about,
    verdict: verdict.status,
    message: verdict.status === 'pass' ? null : verdictText(verdict),
    // No command verifies a peer.
    replay: peer ? null : (failed?.replay ?? null),
    finding: failed && {
      reason: failed.reason,
      where: failed.where,
      case: failed.case,
      distribution: failed.distribution,
      seed: failed.seed,
      got: finite(failed.got),
      want: finite(failed.want),
      error: finite(failed.error),
      bound: finite(failed.bound),
    },
    checks: verdict.status === 'pass' ? verdict.checks : 0,
    hash: null,
    sources: [],
    ...(built && snapshot(built)),
    attempt: null,
  };
}

function resultOf(
  { op, samples, baseline, cases }: OpOutcome,
  { id, built, peer, verdict, parameters }: CandidateOutcome,
  c: Case,
  { threads, effort }: RunOptions,
  ceilings: Ceilings | null,
): Result {
  const name = op.caseName(c);
  const variant = built ?? peer;
  // A peer takes what its library gives it, whatever was asked for.
  const used = variant ? threadsOf(variant, peer ? availableParallelism() : threads) : 1;
  const flags = [...(variant?.flags ?? [])];
  const timeNs = typicalNs(samples, id, name);
  const found = verdict.status === 'pass' ? speedup(samples, baseline.id, id, name) : null;
  const floor =
    noiseFloor(
      samples,
      cases.map((one) => op.caseName(one)),
    )?.cases ?? null;
  return {
    candidate: id,
    peer: peer !== null,
    op: op.name,
    case: name,
    threads: used,
    flags,
    tier: built?.tier ?? null,
    hash: built?.hash ?? null,
    verdict: verdict.status,
    speedup: found,
    comparison: found && compare(found, floor, effort.halfWidth),
    noiseFloor: floor,
    baseline: { hash: baseline.hash, timeNs: typicalNs(samples, baseline.id, name) },
    timeNs,
    gflops: timeNs === null ? null : op.flop(c.dims) / timeNs,
    gbPerSecond: timeNs === null ? null : bytesMoved(op, c.dims) / timeNs,
    ...shareOfPeak(ceilings, op, c, timeNs, { threads: used, flags, native: peer !== null }),
    parameters: parameters.get(name) ?? null,
    verification: verdict.status === 'pass' ? { worst: verdict.worst, bound: 1 } : null,
  };
}

function shareOfPeak(
  ceilings: Ceilings | null,
  op: AnyOp,
  c: Case,
  timeNs: number | null,
  means: Resources,
): Pick<Result, 'percentOfPeak' | 'peak'> {
  if (ceilings === null || timeNs === null) return { percentOfPeak: null, peak: null };
  const { timeNs: minNs, ...peak } = roof(ceilings, workOf(op, c.dims), means);
  return { percentOfPeak: (100 * minNs) / timeNs, peak };
}

function meanOf(outcome: OpOutcome, { id, peer, verdict }: CandidateOutcome, { halfWidth }: Effort): Mean {
  const { op, suite, samples, baseline, meanCases } = outcome;
  const names = meanCases.map((c) => op.caseName(c));
  const timed = names.filter((name) => speedup(samples, baseline.id, id, name) !== null).length;
  const reason =
    verdict.status !== 'pass'
      ? `${verdict.status}: ${verdictText(verdict)}`
      : timed < names.length
        ? `${timed} of the ${names.length} cases of ${op.name} were timed`
        : null;
  const found = reason === null ? means(samples, baseline.id, id, names) : null;
  const floor = noiseFloor(samples, names)?.mean ?? null;
  return {
    candidate: id,
    peer: peer !== null,
    suite: suite.name,
    op: op.name,
    cases: timed,
    ...(found ?? noMeans),
    comparison: found && compare(found.arithmetic, floor, halfWidth),
    noiseFloor: floor,
    withheld: reason,
  };
}

const noMeans = { arithmetic: null, geometric: null, harmonic: null, least: null, greatest: null };

/** The mean over all cases of a suite's ops, each op with its best candidate; null for one op alone. */
function overallOf(suite: Suite, outcomes: readonly OpOutcome[], effort: Effort): Overall | null {
  const own = outcomes.filter((outcome) => outcome.suite === suite);
  if (own.length < 2) return null;
  const best = new Map<OpOutcome, string>();
  for (const outcome of own) {
    const [first] = outcome.candidates
      .filter(({ peer }) => !peer)
      .map((entry) => meanOf(outcome, entry, effort))
      .filter(({ arithmetic }) => arithmetic !== null)
      .sort(byMean);
    if (first) best.set(outcome, first.candidate);
  }
  const missing = suite.ops.filter((name) => !own.some((outcome) => outcome.op.name === name && best.has(outcome)));
  const samples = own.flatMap(({ op, baseline, samples }, i) =>
    samples
      .filter(({ variant }) => variant === baseline.id || variant === best.get(own[i]))
      .map((s) => ({ ...s, case: `${op.name} ${s.case}`, variant: s.variant === baseline.id ? 'baseline' : 'best' })),
  );
  const names = own.flatMap(({ op, meanCases }) => meanCases.map((c) => `${op.name} ${op.caseName(c)}`));
  return {
    suite: suite.name,
    candidates: [...best.values()],
    cases: names.length,
    ...((missing.length === 0 && means(samples, 'baseline', 'best', names)) || noMeans),
    withheld: missing.length === 0 ? null : `no mean for ${missing.join(', ')}`,
  };
}
