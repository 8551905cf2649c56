/** Many records as one story: a candidate over time, and the best of each op with the number of attempts it was chosen from. */

import { byCandidate } from '../records/byCandidate.ts';
import type { Mean, Summary } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import { byMean } from '../stats/means.ts';

export interface Moment {
  readonly record: Summary;
  readonly op: string;
  /** Null where the record has no such mean or case. */
  readonly speedup: Interval | null;
  readonly verdict: Summary['candidates'][number]['verdict'];
  readonly attempt: number | null;
  readonly hash: string | null;
  readonly baselineHash: string | null;
}

/** The records that hold a candidate, oldest first: its mean over the suite's cases, or its speedup at one case. */
export function historyOf(records: readonly Summary[], candidate: string, caseName?: string): Moment[] {
  return records.flatMap((record) =>
    record.candidates.flatMap((row) => {
      const { op, verdict, attempt, hash } = row;
      if (row.candidate !== candidate || op === null) return [];
      const { mean, results } = byCandidate(record)(row);
      const speedup =
        caseName === undefined ? mean?.arithmetic : results.find((result) => result.case === caseName)?.speedup;
      return { record, op, speedup: speedup ?? null, verdict, attempt, hash, baselineHash: baselineOf(record, op) };
    }),
  );
}

export interface Champion {
  readonly op: string;
  readonly mean: Mean;
  readonly record: Summary;
  readonly hash: string | null;
  /** Comparable means of the op that it was chosen from, and distinct candidates among them. */
  readonly attempts: number;
  readonly candidates: number;
}

/** By op. Only means that compare with the newest record of the op count: the same baseline on the same machine. */
export function champions(records: readonly Summary[], wanted: (id: string, op: string) => boolean): Champion[] {
  const newest = new Map(
    records.flatMap((record) => record.baselines.map(({ op }) => [op, conditions(record, op)] as const)),
  );
  return [...newest].flatMap(([op, key]) => {
    const attempts = records
      .filter((record) => conditions(record, op) === key)
      .flatMap((record) => record.means.map((mean) => ({ record, mean, arithmetic: mean.arithmetic })))
      .filter(({ mean }) => mean.op === op && !mean.peer && mean.arithmetic && wanted(mean.candidate, op))
      .sort(byMean);
    if (attempts.length === 0) return [];
    const [{ mean, record }] = attempts;
    const hash = byCandidate(record)(mean).candidate?.hash ?? null;
    const candidates = new Set(attempts.map((attempt) => attempt.mean.candidate)).size;
    return [{ op, mean, record, hash, attempts: attempts.length, candidates }];
  });
}

const baselineOf = ({ baselines }: Summary, op: string) =>
  baselines.find((baseline) => baseline.op === op)?.hash ?? null;

function conditions(record: Summary, op: string): string {
  const { cpu, cores, arch } = record.machine;
  return [cpu, cores, arch, baselineOf(record, op)].join('\n');
}
