/** Outcomes of a run to its record: medians, speedups and means, with everything that they were made from. */
import { randomBytes } from 'node:crypto';
import { type Problem, shown } from '../catalog/candidates.ts';
import { threadsOf } from '../cell/opening.ts';
import type { Case } from '../contract/op.ts';
import type { Machine, Runtime } from '../machine/fingerprint.ts';
import type { Entry, RunOptions, SuiteOutcome } from '../measure/suite.ts';
import { means } from '../stats/means.ts';
import { speedup, typicalNs } from '../stats/speedup.ts';
import { verdictText } from '../verify/verdict.ts';
import type { Mean, Record, Result } from './schema.ts';

export interface RunFacts {
  readonly machine: Machine;
  readonly runtime: Runtime;
  readonly options: RunOptions;
  readonly textName: string;
  readonly startedAt: Date;
  readonly interrupted: boolean;
  /** Misplaced files, which belong to no op. */
  readonly strays: readonly Problem[];
}

export function assemble(outcomes: readonly SuiteOutcome[], facts: RunFacts): Record {
  const { machine, runtime, options, startedAt, textName, interrupted, strays } = facts;
  return {
    schema: 'nfold/record@1',
    id: newId(startedAt),
    createdAt: startedAt.toISOString(),
    suite: outcomes.map(({ suite }) => suite.name).join('+'),
    effort: options.effort.name,
    seed: options.seed,
    text: textName,
    interrupted: interrupted || outcomes.some((outcome) => outcome.interrupted),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    machine,
    runtime,
    candidates: [
      ...outcomes.flatMap((outcome) => outcome.entries.map((entry) => candidateOf(outcome, entry))),
      ...strays.map(strayOf),
    ],
    results: outcomes.flatMap((o) =>
      o.entries.flatMap((entry) => o.cases.map((c) => resultOf(o, entry, c, options.threads))),
    ),
    means: outcomes.flatMap((outcome) => outcome.entries.map((entry) => meanOf(outcome, entry))),
    samples: outcomes.flatMap(({ op, samples }) =>
      samples.map((sampled) => ({ op: op.name, ...sampled, timeNs: [...sampled.timeNs] })),
    ),
  };
}

/** Sortable by time, unique among runs of the same second: `20261123-101502-3f9c`. */
function newId(at: Date): string {
  const [date, time] = at.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

function strayOf({ file, message }: Problem): Record['candidates'][number] {
  const name = shown(file);
  const nothing = { about: null, replay: null, finding: null, checks: 0 };
  return { candidate: name, peer: false, op: null, verdict: 'error', message: `${name}: ${message}`, ...nothing };
}

function candidateOf({ op }: SuiteOutcome, { id, about, peer, verdict }: Entry): Record['candidates'][number] {
  const failed = verdict.status === 'fail' ? verdict.failure : null;
  return {
    candidate: id,
    peer: peer !== null,
    op: op.name,
    about,
    verdict: verdict.status,
    message: verdict.status === 'pass' ? null : verdictText(verdict),
    replay: failed?.replay ?? null,
    finding: failed && {
      reason: failed.reason,
      where: failed.where,
      got: finite(failed.got),
      want: finite(failed.want),
      error: finite(failed.error),
      bound: finite(failed.bound),
    },
    checks: verdict.status === 'pass' ? verdict.checks : 0,
  };
}

function resultOf(
  { op, samples, baseline }: SuiteOutcome,
  { id, built, peer, verdict }: Entry,
  c: Case,
  threads: number,
): Result {
  const name = op.caseName(c);
  const variant = built ?? peer;
  const timeNs = typicalNs(samples, id, name);
  return {
    candidate: id,
    peer: peer !== null,
    op: op.name,
    case: name,
    threads: variant ? threadsOf(variant, threads) : 1,
    flags: [...(variant?.flags ?? [])],
    tier: built?.tier ?? null,
    hash: built?.hash ?? null,
    verdict: verdict.status,
    speedup: verdict.status === 'pass' ? speedup(samples, baseline.id, id, name) : null,
    baseline: { hash: baseline.hash, timeNs: typicalNs(samples, baseline.id, name) },
    timeNs,
    gflops: timeNs === null ? null : op.flop(c.dims) / timeNs,
    percentOfPeak: null,
    verification: verdict.status === 'pass' ? { worst: verdict.worst, bound: 1 } : null,
  };
}

function meanOf(outcome: SuiteOutcome, { id, peer, verdict }: Entry): Mean {
  const { op, suite, samples, baseline, headline } = outcome;
  const names = headline.map((c) => op.caseName(c));
  const timed = names.filter((name) => speedup(samples, baseline.id, id, name) !== null).length;
  const reason =
    verdict.status !== 'pass'
      ? `${verdict.status}: ${verdictText(verdict)}`
      : timed < names.length
        ? `${timed} of the suite's ${names.length} cases were timed`
        : null;
  const found = reason === null ? means(samples, baseline.id, id, names) : null;
  return {
    candidate: id,
    peer: peer !== null,
    suite: suite.name,
    cases: timed,
    arithmetic: found?.arithmetic ?? null,
    geometric: found?.geometric ?? null,
    harmonic: found?.harmonic ?? null,
    least: found?.least ?? null,
    greatest: found?.greatest ?? null,
    withheld: reason,
  };
}
