/** Outcomes of a run to its record: what analysis makes of the samples, beside everything that they were made from. */

import { availableParallelism } from 'node:os';
import { pairsOf } from '../analysis/pairs.ts';
import { analyse } from '../analysis/results.ts';
import type { TimedVariant } from '../analysis/timed.ts';
import { analyseUnseen } from '../analysis/unseen.ts';
import type { Built } from '../build/build.ts';
import { hashOf } from '../build/sources.ts';
import { misplaced, type Problem, told } from '../catalog/candidates.ts';
import { isolation } from '../cell/lockdown.ts';
import { brief } from '../contract/errors.ts';
import { isSnapshot, threadsOf } from '../contract/variant.ts';
import { shown } from '../files/places.ts';
import { errorOf, type Settled, verdictText } from '../judge/verdict.ts';
import { Finding } from '../records/finding.ts';
import { type Draft, recordSchema } from '../records/schema.ts';
import { clockStepNs } from '../stopwatch/system.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from './outcome.ts';

export interface RunFacts extends Pick<Draft, 'machine' | 'runtime' | 'seconds' | 'interrupted'> {
  readonly options: RunOptions;
  readonly textName: string;
  readonly startedAt: Date;
  /** Misplaced files, which belong to no op. */
  readonly strays: readonly Problem[];
  readonly name?: string;
  readonly note?: string;
}

export function draftOf(outcomes: readonly OpOutcome[], facts: RunFacts): Draft {
  const { options, machine, runtime, seconds } = facts;
  const suites = new Map(outcomes.map(({ suite }) => [suite.name, suite]));
  const ops = outcomes.map(({ candidates, ...outcome }) => {
    return { ...outcome, variants: candidates.map((one) => timedVariant(one, options.threads)) };
  });
  const given = { machine, clockNs: clockStepNs(), halfWidth: options.effort.halfWidth };
  const { results, discards, ...analysed } = analyse(ops, given);
  const unseen = analyseUnseen(ops, given);
  const built = outcomes.flatMap(({ baseline, candidates }) => [baseline, ...candidates.flatMap((e) => e.built ?? [])]);
  return {
    schema: recordSchema,
    createdAt: facts.startedAt.toISOString(),
    name: facts.name ?? null,
    note: facts.note ?? null,
    suite: [...suites.keys()].join('+'),
    suites: [...suites.values()].map(({ name, ops, showsEssayResults }) => {
      return { name, ops: [...ops], showsEssayResults };
    }),
    effort: options.effort.name,
    seed: options.seed,
    commitment: options.committed.commitment,
    text: facts.textName,
    threads: options.threads,
    caseFilter: options.caseFilter ?? null,
    interrupted: facts.interrupted || outcomes.some((outcome) => outcome.interrupted),
    seconds,
    machine,
    runtime,
    ceilings: ceilingsOf(outcomes),
    isolation: isolation(),
    // An op of two suites has one baseline.
    baselines: [
      ...new Map(outcomes.map(({ op, baseline }) => [op.name, { op: op.name, ...snapshot(baseline) }])).values(),
    ],
    candidates: [
      ...outcomes.flatMap(({ op, candidates }) => candidates.map((one) => candidateOf(op.name, one))),
      ...facts.strays.map(strayOf),
    ],
    ...analysed,
    results: [...results, ...unseen.results],
    discards: [...discards, ...unseen.discards],
    unseen: unseen.gaps,
    pairs: ops.flatMap((timed) => pairsOf(timed, options.effort.halfWidth)),
    samples: outcomes.flatMap(({ op, samples }) =>
      samples.map(({ timeNs, queuedNs, ...sampled }) => {
        return { op: op.name, ...sampled, timeNs: [...timeNs], queuedNs: queuedNs && [...queuedNs] };
      }),
    ),
    texts: Object.fromEntries(built.flatMap(({ sources }) => sources.map(({ text }) => [hashOf(text), text]))),
  };
}

/** Those that the shares of the peak refer to. Each op has its own, since the speed of a machine changes during a run; equal ones are one. */
function ceilingsOf(outcomes: readonly OpOutcome[]): NonNullable<Draft['ceilings']> {
  const used = outcomes.flatMap(({ op, ceilings }) => (ceilings ? [{ op: op.name, ceilings }] : []));
  return [...Map.groupBy(used, ({ ceilings }) => JSON.stringify(ceilings)).values()].map((same) => {
    const [{ ceilings }] = same;
    const { measuredAt, cores, caches, revectorized, fma, bandwidth } = ceilings;
    return { ops: same.map(({ op }) => op), measuredAt, cores, caches, revectorized, fma, bandwidth };
  });
}

/** A candidate as analysis takes it. */
export function timedVariant(
  { id, built, peer, verdict, parameters }: CandidateOutcome<Settled>,
  threads: number,
): TimedVariant {
  const variant = built ?? peer;
  return {
    id,
    peer: peer !== null,
    // Most peers take what their library gives them, whatever was asked for.
    threads: variant ? threadsOf(variant, peer && peer.peer.threads !== 'given' ? availableParallelism() : threads) : 1,
    flags: variant?.flags ?? [],
    tier: built?.tier ?? null,
    hash: built?.hash ?? null,
    verdict: verdict.status,
    message: verdict.status === 'pass' ? null : verdictText(verdict),
    worst: verdict.status === 'pass' ? verdict.worst : null,
    parameters,
  };
}

/** Which files it was built from, by the hashes of their texts. */
function snapshot({ hash, sources }: Built) {
  return { hash, sources: sources.map(({ path, text }) => ({ path, hash: hashOf(text) })) };
}

type Row = Draft['candidates'][number];

const unbuilt = { hash: null, sources: [], attempt: null };

function strayOf(problem: Problem): Row {
  const error = misplaced(problem);
  const nothing = { about: null, replay: null, finding: null, error, checks: 0, ...unbuilt };
  const candidate = brief(shown(problem.file));
  return { candidate, peer: false, op: null, verdict: 'error', message: brief(told(problem)), ...nothing };
}

function candidateOf(op: string, { id, about, built, peer, verdict }: CandidateOutcome<Settled>): Row {
  const failed = verdict.status === 'fail' ? verdict.failure : null;
  return {
    candidate: id,
    peer: peer !== null,
    op,
    about,
    verdict: verdict.status,
    message: verdict.status === 'pass' ? null : brief(verdictText(verdict)),
    // No command verifies a peer, or a source that is kept elsewhere.
    replay: peer || isSnapshot(id) ? null : (failed?.replay ?? null),
    // NaN and infinity become null, as in the file.
    finding: failed && Finding.parse(JSON.parse(JSON.stringify(failed))),
    error: errorOf(verdict, built?.sources[0]?.path),
    checks: verdict.status === 'pass' ? verdict.checks : 0,
    ...unbuilt,
    ...(built && snapshot(built)),
  };
}
