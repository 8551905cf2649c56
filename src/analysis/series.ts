/** Many records together: a candidate over time, and the best of each op with the number of attempts it was chosen from. */
import { mean } from 'simple-statistics';
import { isSnapshot } from '../contract/variant.ts';
import { byCandidate } from '../records/byCandidate.ts';
import type { Summary } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';

export type Moment = ReturnType<typeof historyOf>[number];

/**
 * The records that hold a candidate, oldest first, with its mean over the suite's cases or its speedup at one case. Without one, `withheld`
 * says why, and `part` has the mean over the cases that were measured, if any were.
 */
export function historyOf(records: readonly Summary[], candidate: string, caseName?: string) {
  return records.flatMap((record) => {
    const held = byCandidate(record);
    return record.candidates.flatMap((row) => {
      const { op, verdict, attempt, hash } = row;
      if (row.candidate !== candidate || op === null) return [];
      const { mean: whole, results } = held(row);
      const timed = results.filter((result) => result.speedup !== null);
      const at = timed.find((result) => result.case === caseName);
      const speedup = (caseName === undefined ? whole?.arithmetic : at?.speedup) ?? null;
      const values = timed.flatMap((result) => result.speedup?.value ?? []);
      const isPart = caseName === undefined && speedup === null && values.length > 0;
      const part = isPart ? { speedup: mean(values), cases: timed.map((result) => result.case) } : null;
      const missing = verdict !== 'pass' ? verdict : caseName === undefined ? whole?.withheld : null;
      const withheld = speedup === null ? (missing ?? 'it was not timed') : null;
      const baselineHash = baselineOf(record, op);
      return { record, op, speedup, part, withheld, verdict, attempt, hash, baselineHash };
    });
  });
}

export type Champion = ReturnType<typeof champions>[number];

/**
 * The best mean of each op, among those that compare with the op's newest record: the same baseline on the same machine. `attempts` is the
 * number of these means, `candidates` that of the candidates among them. Sources from elsewhere, which are no files here, do not count.
 */
export function champions(records: readonly Summary[], wanted: (id: string, op: string) => boolean) {
  const newest = new Map(records.flatMap((record) => record.baselines.map(({ op }) => [op, conditions(record, op)])));
  return [...newest].flatMap(([op, key]) => {
    const means = records
      .filter((record) => conditions(record, op) === key)
      .flatMap((record) => record.means.map((mean) => ({ ...mean, record })))
      .filter(({ candidate, peer, ...mean }) => mean.op === op && !peer && !isSnapshot(candidate) && mean.arithmetic)
      .filter(({ candidate }) => wanted(candidate, op))
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
