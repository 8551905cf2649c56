/** Many records together: a candidate over time, and the best of each op with what it was chosen from. */
import { mean } from 'simple-statistics';
import { isSnapshot } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { isAttempt } from '../records/attempts.ts';
import { byCandidate } from '../records/byCandidate.ts';
import type { Summary } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';

export type Moment = ReturnType<typeof historyOf>[number];

/**
 * The records, oldest first, that hold a candidate, each with its mean over the suite's cases or its speedup at one case. Without one, `withheld`
 * says why, and `part` has the mean over the cases that were measured, if any were.
 * `attempt`: the number of the attempt among these records; null if it is none.
 */
export function historyOf(records: readonly Summary[], candidate: string, caseName?: string) {
  let attempts = 0;
  return records.flatMap((record) => {
    const held = byCandidate(record);
    return record.candidates.flatMap((row) => {
      const { op, verdict, hash } = row;
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
      const attempt = isAttempt(row) ? ++attempts : null;
      return { record, op, speedup, part, withheld, verdict, attempt, hash, baselineHash };
    });
  });
}

/** What may explain a change between two moments of a candidate: the kind of each, and in words. */
export function changesSince(
  before: Moment,
  now: Moment,
): { kind: 'source' | 'baseline' | 'run' | 'machine'; text: string }[] {
  const differ = (pick: (moment: Moment) => unknown) => pick(now) !== pick(before);
  const { runtime, machine, threads } = now.record;
  const found = [
    differ(({ hash }) => hash) && ({ kind: 'source', text: 'source' } as const),
    differ(({ baselineHash }) => baselineHash) && ({ kind: 'baseline', text: 'baseline' } as const),
    differ(({ record }) => record.runtime.node) && ({ kind: 'run', text: `Node ${runtime.node}` } as const),
    differ(({ record }) => record.threads) &&
      ({ kind: 'run', text: threads === null ? 'threads unknown' : `--threads ${threads}` } as const),
    differ(({ record }) => `${record.machine.cpu} ${record.machine.cores}`) &&
      ({ kind: 'machine', text: `machine ${machine.cpu}, ${counted(machine.cores, 'core')}` } as const),
  ];
  return found.filter((change) => change !== false);
}

export type Tried = ReturnType<typeof tried>[number];

/**
 * The attempts at each op that compare with its newest record: with the same baseline, on the same machine. `elsewhere` is the number of
 * those that do not. `timed` tells attempts that have times at some case, `mean` those that have a mean. Sources from
 * elsewhere, which are no files here, do not count.
 */
export function tried(records: readonly Summary[], wanted: (id: string, op: string) => boolean) {
  const newest = new Map(records.flatMap((record) => record.baselines.map(({ op }) => [op, conditions(record, op)])));
  const attempts = records.flatMap((record) => {
    const held = byCandidate(record);
    return record.candidates.filter(isAttempt).map((row) => {
      const { mean, results } = held(row);
      return { record, ...row, mean: mean?.arithmetic ? mean : null, timed: results.some(({ speedup }) => speedup) };
    });
  });
  return [...newest].flatMap(([op, key]) => {
    const all = attempts.filter((one) => one.op === op && !isSnapshot(one.candidate) && wanted(one.candidate, op));
    const own = all.filter(({ record }) => conditions(record, op) === key);
    return own.length > 0 ? [{ op, attempts: own, elsewhere: all.length - own.length }] : [];
  });
}

export type Champion = ReturnType<typeof champions>[number];

/** The best mean of each op, the number of means that it was chosen from, and that of the attempts behind them. */
export function champions(ops: readonly Tried[]) {
  return ops.flatMap(({ op, attempts, elsewhere }) => {
    const means = attempts.flatMap(({ mean, record, hash }) => (mean ? [{ ...mean, record, hash }] : [])).sort(byMean);
    if (means.length === 0) return [];
    const [{ record, hash, ...mean }] = means;
    const candidates = new Set(attempts.map(({ candidate }) => candidate)).size;
    return [{ op, mean, record, hash, means: means.length, attempts: attempts.length, candidates, elsewhere }];
  });
}

const baselineOf = ({ baselines }: Summary, op: string) =>
  baselines.find((baseline) => baseline.op === op)?.hash ?? null;

function conditions(record: Summary, op: string): string {
  const { cpu, cores, arch } = record.machine;
  return [cpu, cores, arch, baselineOf(record, op)].join('\n');
}
