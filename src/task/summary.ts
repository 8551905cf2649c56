/**
 * Scores put together, one class of machines at a time, since speedups of two classes do not compare. Of each attempt the newest run counts
 * that was judged to its end on a host that holds still.
 *
 *   dropped         mean over the attempts that have one
 *   as one          the same with 1 for each attempt that failed: its user would have kept the starting code
 *   standard error  sample standard deviation over attempts / sqrt(n); the interval is Student's t with n - 1 degrees of freedom,
 *                   cut at 0, since no speedup is negative
 *   rung            the highest figure of the essay that does not exceed the lower edge of an interval
 */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { essayResults, suites } from '../../bench/suites.ts';
import { ranksOf } from '../analysis/ranks.ts';
import { plain } from '../contract/foreign.ts';
import { isBad } from '../judge/verdict.ts';
import type { HostState } from '../queue/queue.ts';
import type { Score } from '../records/score.ts';
import type { Attempt, Claim, ClassSummary, OverAttempts, Pending, Rung, Scored } from '../schemas/score.ts';
import { studentT } from '../stats/interval.ts';
import { byMean } from '../stats/means.ts';

/** What a score command knows: the scores of its attempts, and what the queue says of the jobs without one. */
interface Known {
  readonly task: string;
  readonly scores: readonly Score[];
  readonly pending: readonly Pending[];
  readonly hosts: readonly HostState[];
  readonly interrupted: boolean;
}

export function scoredOf(known: Known): Scored {
  const { task, scores, pending, hosts, interrupted } = onOneLine(known);
  const classes = summariesOf(scores);
  const checks = hosts.map(({ host, ...rest }) => ({ ...rest, host: host.name, class: host.class }));
  return { task, classes, claims: claimsOf(classes), scores, pending, hosts: checks, interrupted };
}

/** Plain data whose texts may come from any host or folder, as a saved score is read. */
const onOneLine = <T>(data: T): T =>
  JSON.parse(JSON.stringify(data), (_, value) => (typeof value === 'string' ? plain(value) : value));

/** By class, in the order of the scores. An attempt that nothing could be run of is a failure on each. */
export function classesOf(scores: readonly Score[]): ReadonlyMap<string, readonly Score[]> {
  const names = [...new Set(scores.flatMap((score) => score.class ?? []))];
  const none = scores.length > 0 && names.length === 0 ? ['no machine, as nothing could be run'] : [];
  const isOn = (name: string) => (score: Score) => score.class === null || score.class === name;
  return new Map([...names, ...none].map((name) => [name, scores.filter(isOn(name))]));
}

export const summariesOf = (scores: readonly Score[]): ClassSummary[] =>
  [...classesOf(scores)].map(([name, own]) => summaryOf(name, own));

/** A folder whose sources changed holds another attempt. */
export const attemptKey = ({ label, artefact }: Pick<Score, 'label' | 'artefact'>): string => `${label}\n${artefact}`;

/** Why a score counts in nothing; null if it counts. */
export function uncounted({ held, interrupted, verdict, failure }: Score): string | null {
  if (held !== null) return `it is held back: ${held}`;
  if (interrupted) return 'its run was stopped before the end';
  return verdict === 'unsupported' ? `this class lacks something: ${failure}` : null;
}

/** The newest run that counts of each attempt, in the order in which the attempts are first met. */
export function countingOf(scores: readonly Score[]): Score[] {
  const attempts = Map.groupBy(
    scores.filter((score) => uncounted(score) === null),
    attemptKey,
  );
  const isNewer = (a: Score, b: Score) => a.run - b.run || (a.createdAt < b.createdAt ? -1 : 1);
  return [...attempts.values()].map((runs) => runs.toSorted(isNewer)[runs.length - 1]);
}

function summaryOf(name: string, scores: readonly Score[]): ClassSummary {
  const counting = countingOf(scores);
  const means = counting.flatMap((score) => score.mean?.value ?? []);
  const failed = counting.filter(({ verdict }) => isBad(verdict)).length;
  const [{ suite }] = scores;
  const attempts = attemptsOf(counting, suite);
  const [best] = attempts;
  return {
    class: name,
    n: counting.length,
    passed: counting.length - failed,
    failed,
    withoutMean: counting.length - failed - means.length,
    dropped: overAttempts(means, suite),
    asOne: overAttempts([...means, ...Array.from({ length: failed }, () => 1)], suite),
    best: best?.mean ? { ...best, mean: best.mean, of: counting.length } : null,
    attempts,
  };
}

/** The best mean first; what failed comes last. */
function attemptsOf(counting: readonly Score[], suite: string): Attempt[] {
  const ranks = new Map(
    ranksOf(counting.map((score) => ({ ...score, arithmetic: score.mean }))).map((one) => [one.mean.id, one.ranks]),
  );
  const attempts = counting.map((score): Attempt => {
    const { id, label, artefact, run, record, verdict, mean, geometric, harmonic, comparison, shareOfPeak } = score;
    const told = {
      score: id,
      label,
      artefact,
      run,
      record,
      verdict,
      mean,
      comparison,
      geometric,
      harmonic,
      shareOfPeak,
    };
    const own = ranks.get(id);
    const among = own ? { arithmetic: own[0], geometric: own[1], harmonic: own[2] } : null;
    return { ...told, ranks: among, rung: rungOf(mean?.low ?? null, suite) };
  });
  const order = (a: Attempt, b: Attempt) =>
    byMean({ arithmetic: a.mean }, { arithmetic: b.mean }) || Number(isBad(a.verdict)) - Number(isBad(b.verdict));
  return attempts.sort(order);
}

/** Null of no values; one value has no standard error, and so no interval and no rung. */
export function overAttempts(values: readonly number[], suite: string): OverAttempts | null {
  if (values.length === 0) return null;
  const n = values.length;
  const value = mean([...values]);
  if (n === 1) return { n, mean: value, standardError: null, low: null, high: null, rung: null };
  const standardError = sampleStandardDeviation([...values]) / Math.sqrt(n);
  const half = studentT(n - 1) * standardError;
  const low = Math.max(0, value - half);
  return { n, mean: value, standardError, low, high: value + half, rung: rungOf(low, suite) };
}

/** Whether the mean of this suite is the one that the essay reports. */
export const hasLadder = (suite: string): boolean => suites.some((one) => one.name === suite && one.showsEssayResults);

export function rungOf(low: number | null, suite: string): Rung | null {
  if (low === null || !hasLadder(suite)) return null;
  const reached = essayResults.filter(({ multiple }) => multiple <= low).sort((a, b) => b.multiple - a.multiple);
  return reached[0] ?? null;
}

/** For each attempt with a mean on any class: where it is surely faster than the starting code, and where that cannot be said. */
function claimsOf(classes: readonly ClassSummary[]): Claim[] {
  const all = classes.flatMap((one) => one.attempts.map((attempt) => ({ ...attempt, class: one.class })));
  return [...Map.groupBy(all, attemptKey).values()].flatMap((own) => {
    if (own.every((one) => one.mean === null)) return [];
    const [{ label, artefact }] = own;
    const on = (isFaster: boolean) =>
      own.filter((one) => (one.comparison === 'faster') === isFaster).map((one) => one.class);
    return { label, artefact, fasterOn: on(true), notOn: on(false) };
  });
}

type Named = Pick<Score, 'label' | 'artefact'>;
export type NameOf = (attempt: Named) => string;

/** Labels, with the start of the hash where two attempts share one. */
export function namesFor(all: readonly Named[]): NameOf {
  const hashes = Map.groupBy(all, ({ label }) => label);
  return ({ label, artefact }) => {
    const isShared = hashes.get(label)?.some((other) => other.artefact !== artefact);
    return isShared ? `${label} (${artefact.slice(0, 8)})` : label;
  };
}
