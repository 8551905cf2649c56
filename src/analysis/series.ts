/** Many records together: a candidate over time, and the best of each op with the number of attempts it was chosen from. */
import { byCandidate } from '../records/byCandidate.ts';
import type { Summary } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';

export type Moment = ReturnType<typeof historyOf>[number];

/** The records that hold a candidate, oldest first, with its mean over the suite's cases or its speedup at one case, null if there is none. */
export function historyOf(records: readonly Summary[], candidate: string, caseName?: string) {
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

export type Champion = ReturnType<typeof champions>[number];

/**
 * The best mean of each op, among those that compare with the op's newest record: the same baseline on the same machine. `attempts` is the
 * number of these means, `candidates` that of the candidates among them.
 */
export function champions(records: readonly Summary[], wanted: (id: string, op: string) => boolean) {
  const newest = new Map(records.flatMap((record) => record.baselines.map(({ op }) => [op, conditions(record, op)])));
  return [...newest].flatMap(([op, key]) => {
    const means = records
      .filter((record) => conditions(record, op) === key)
      .flatMap((record) => record.means.map((mean) => ({ ...mean, record })))
      .filter((mean) => mean.op === op && !mean.peer && mean.arithmetic && wanted(mean.candidate, op))
      .sort(byMean);
    if (means.length === 0) return [];
    const [{ record, ...mean }] = means;
    const hash = byCandidate(record)(mean).candidate?.hash ?? null;
    const candidates = new Set(means.map(({ candidate }) => candidate)).size;
    return [{ op, mean, record, hash, attempts: means.length, candidates }];
  });
}

const baselineOf = ({ baselines }: Summary, op: string) =>
  baselines.find((baseline) => baseline.op === op)?.hash ?? null;

function conditions(record: Summary, op: string): string {
  const { cpu, cores, arch } = record.machine;
  return [cpu, cores, arch, baselineOf(record, op)].join('\n');
}
