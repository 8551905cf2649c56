/** The record of one attempt to its score: the verdict of all ops together, what caught it, and the mean over all cases of all ops. */
import { weightsOf } from '../analysis/ranks.ts';
import { words } from '../commands/next.ts';
import { errorCodes } from '../contract/errors.ts';
import { isBad } from '../judge/verdict.ts';
import type { Draft, Mean, Record } from '../records/schema.ts';
import type { ScoreDraft } from '../records/score.ts';
import { compare } from '../stats/verdict.ts';
import { efforts } from '../stopwatch/effort.ts';

/** What a score has from the job, and from the host that worked it off. */
export interface Facts
  extends Pick<
    ScoreDraft,
    'task' | 'protocol' | 'key' | 'label' | 'artefact' | 'run' | 'host' | 'class' | 'held' | 'late'
  > {
  /** The ops of the task: all cases of all of them make the mean. */
  readonly ops: readonly string[];
  /** Id of the saved record; null if none was saved. */
  readonly record: string | null;
  readonly ignored: readonly string[];
  readonly copied: readonly string[];
  /** The folder of the attempt, for a command that repeats a failed check; null where it is not here. */
  readonly folder: string | null;
}

type Row = Pick<
  Draft['candidates'][number],
  'op' | 'about' | 'verdict' | 'message' | 'replay' | 'finding' | 'error' | 'candidate'
>;

/** Of the machine and the settings of a run that never began. */
type Origin = Pick<ScoreDraft, 'createdAt' | 'machine' | 'runtime' | 'effort' | 'seed'>;

export function scoreOf(record: Draft | Record, facts: Facts): ScoreDraft {
  const { ops, folder, ...told } = facts;
  const { createdAt, machine, runtime, effort, seed, interrupted } = record;
  const suite = record.suites.find((one) => ops.every((op) => one.ops.includes(op)))?.name ?? facts.task;
  const rows = ops.map((op) => record.candidates.find((row) => row.op === op && !row.peer) ?? unjudged(op));
  const worst = rows.find((row) => isBad(row.verdict)) ?? rows.find((row) => row.verdict !== 'pass');
  const why = worst && (worst.message ?? worst.verdict);
  const others = rows.filter((row) => row.verdict !== 'pass' && row !== worst).map(({ op }) => op);
  const also = others.length > 0 ? `; ${others.join(', ')} did not pass either` : '';
  const means = ops.flatMap((op) => record.means.find((mean) => mean.op === op && !mean.peer) ?? []);
  const whole = ops.length === 1 ? means[0] : record.overall.find((one) => one.suite === suite);
  const mean = worst ? null : (whole?.arithmetic ?? null);
  const found = mean && whole ? whole : null;
  const noiseFloor = found && 'noiseFloor' in found ? found.noiseFloor : null;
  const stated = found && 'comparison' in found ? found.comparison : null;
  const cases = casesOf(record, ops, found ? means : []);
  const shares = cases.flatMap((one) => (one.weight === null ? [] : (one.percentOfPeak ?? [])));
  const unseen = record.unseen.filter((one) => ops.includes(one.op) && !one.peer);
  return {
    ...{ createdAt, machine, runtime, interrupted, ...told, suite, effort, seed },
    about: [...new Set(rows.flatMap(({ about }) => about ?? []))],
    verdict: worst?.verdict ?? 'pass',
    caughtBy: worst ? caughtBy(worst) : null,
    failure: worst ? `${why}${also}` : null,
    replay: worst ? (worst.replay ?? (folder === null ? null : again(folder, facts.task, record))) : null,
    mean,
    comparison: mean && (stated ?? compare(mean, noiseFloor, efforts[effort].halfWidth)),
    noiseFloor,
    geometric: found?.geometric ?? null,
    harmonic: found?.harmonic ?? null,
    least: found?.least ?? null,
    greatest: found?.greatest ?? null,
    withheld: mean ? null : worst ? `${worst.verdict}: ${why}` : (whole?.withheld ?? 'it was not timed'),
    shareOfPeak: shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null,
    cases,
    unseen,
    specialCased: unseen.some((one) => one.specialCased),
  };
}

/** The score of an attempt that cannot be judged: `fault` says why, in a sentence. */
export function faulty(
  fault: string,
  { effort, seed, ...origin }: Origin,
  { ops, folder: _, ...told }: Facts,
): ScoreDraft {
  const none = { mean: null, comparison: null, noiseFloor: null, geometric: null, harmonic: null, least: null };
  return {
    ...{ ...origin, interrupted: false, ...told, suite: told.task, effort, seed },
    ...{ about: [], verdict: 'error', caughtBy: 'what the folder holds', failure: fault, replay: null },
    ...{ ...none, greatest: null, withheld: `error: ${fault}`, shareOfPeak: null },
    ...{ cases: [], unseen: [], specialCased: false },
  };
}

const unjudged = (op: string): Row => {
  const message = `${op} was not judged: the run was stopped before`;
  return { ...{ op, candidate: op, about: null, verdict: 'error', message }, replay: null, finding: null, error: null };
};

/** The kind of what was found, and where; of a run that ended in an error, the kind of error. */
function caughtBy({ verdict, finding, error }: Row): string {
  if (!finding) return error ? errorCodes[error.code][1] : verdict;
  const at = finding.case === null ? '' : ` at ${finding.case}`;
  return `${finding.reason}${at}${finding.distribution === null ? '' : ` on ${finding.distribution} inputs`}`;
}

/** The checks of `record` once more, on the folder as it is now. */
function again(folder: string, task: string, { seed, effort }: Draft | Record): string {
  const flags = effort === 'default' ? [] : [`--${effort}`];
  return words('task', 'check', folder, '--task', task, '--seed', `${seed}`, ...flags);
}

function casesOf(record: Draft | Record, ops: readonly string[], means: readonly Mean[]): ScoreDraft['cases'] {
  const results = ops.flatMap((op) => record.results.filter((one) => one.op === op && !one.peer));
  const weights = weightsIn(means, results);
  const rows = results.map(({ op, case: name, unseen = false, speedup, disturbed, percentOfPeak }) => {
    const weight = unseen ? null : (weights[keyOf(op, name)] ?? null);
    return { op, case: name, unseen, speedup, disturbed, weight, percentOfPeak };
  });
  return [...rows.filter(({ unseen }) => !unseen), ...rows.filter(({ unseen }) => unseen)];
}

const keyOf = (op: string, name: string) => `${op} ${name}`;

/** By op and case: its weight in the mean over all of them. The weights within an op and its mean give the speedups back, also of cases that do not stand alone. */
function weightsIn(means: readonly Mean[], results: Draft['results']) {
  const speedups = means.flatMap(({ op, weights, arithmetic, cases }) => {
    const timed = results.filter((one) => one.op === op && !one.unseen);
    const own = weights ?? weightsOf(timed.flatMap((one) => (one.speedup ? [[one.case, one.speedup.value]] : [])));
    const sum = cases * (arithmetic?.value ?? 0);
    return Object.entries(own).map(([name, weight]) => [keyOf(op, name), weight * sum] as const);
  });
  return weightsOf(speedups);
}
