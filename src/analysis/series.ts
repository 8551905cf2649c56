/** Many records as one story: a candidate over time, and the best of each op with the number of attempts it was chosen from. */

import type { Mean, Summary } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';

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
    record.candidates
      .filter((c) => c.candidate === candidate && c.op !== null)
      .map(({ op, verdict, attempt, hash }) => {
        const own = (row: { candidate: string; op: string }) => row.candidate === candidate && row.op === op;
        const speedup =
          caseName === undefined
            ? record.means.find(own)?.arithmetic
            : record.results.find((r) => own(r) && r.case === caseName)?.speedup;
        const baselineHash = record.baselines.find((b) => b.op === op)?.hash ?? null;
        return { record, op: op as string, speedup: speedup ?? null, verdict, attempt, hash, baselineHash };
      }),
  );
}

export interface Champion {
  readonly op: string;
  readonly mean: Mean;
  readonly record: Summary;
  readonly hash: string | null;
  /** How many measured means of the op it is the best of, on this machine and against this baseline, and of how many candidates. */
  readonly attempts: number;
  readonly candidates: number;
}

/** By op. Only what compares with the newest record of the op counts: the same baseline on the same machine. */
export function champions(records: readonly Summary[], wanted: (id: string, op: string) => boolean): Champion[] {
  const newest = new Map<string, string>();
  for (const record of records) for (const { op } of record.baselines) newest.set(op, conditions(record, op));
  return [...newest].flatMap(([op, key]) => {
    const attempts = records.flatMap((record) =>
      record.means
        .filter((mean) => mean.op === op && !mean.peer && wanted(mean.candidate, op))
        .flatMap((mean) =>
          mean.arithmetic && conditions(record, op) === key ? [{ mean, record, value: mean.arithmetic.value }] : [],
        ),
    );
    const [best] = [...attempts].sort((a, b) => b.value - a.value);
    if (!best) return [];
    const { mean, record } = best;
    const hash = record.candidates.find((c) => c.candidate === mean.candidate && c.op === op)?.hash ?? null;
    const candidates = new Set(attempts.map((attempt) => attempt.mean.candidate)).size;
    return [{ op, mean, record, hash, attempts: attempts.length, candidates }];
  });
}

function conditions({ machine: { cpu, cores, arch }, baselines }: Summary, op: string): string {
  return [cpu, cores, arch, baselines.find((baseline) => baseline.op === op)?.hash].join('\n');
}
