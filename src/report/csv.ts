/** Comma-separated values, one line a candidate and case; the field of an unknown value is empty. */
import type { Compared } from '../analysis/compare.ts';
import type { Record } from '../records/schema.ts';
import { inCsv } from './escape.ts';

type Line = { readonly [column: string]: string | number | boolean | null | undefined };

/** All lines have the columns of the first. */
function csv(lines: readonly Line[]): string {
  const columns = Object.keys(lines[0] ?? {});
  const rows = lines.map((line) => columns.map((column) => line[column]));
  return (lines.length > 0 ? [columns, ...rows] : []).map((row) => `${row.map(inCsv).join(',')}\r\n`).join('');
}

export function recordCsv({ id, name, createdAt, effort, machine, runtime, results, pairs }: Record): string {
  const keyOf = (row: { op: string; candidate: string; case: string | null }) =>
    [row.op, row.candidate, row.case].join('\n');
  const paired = new Map(pairs.map((pair) => [keyOf(pair), pair]));
  const pairCells = (row: Parameters<typeof keyOf>[0]) => {
    const { first, ratio, comparison } = paired.get(keyOf(row)) ?? {};
    return { first, ratio: ratio?.value, ratioLow: ratio?.low, ratioHigh: ratio?.high, pairComparison: comparison };
  };
  return csv(
    results.map((r) => ({
      ...{ record: id, name, createdAt, effort, cpu: machine.cpu, node: runtime.node },
      ...{ op: r.op, candidate: r.candidate, peer: r.peer, case: r.case, verdict: r.verdict },
      ...{ speedup: r.speedup?.value, low: r.speedup?.low, high: r.speedup?.high, comparison: r.comparison },
      ...{ baselineNs: r.baseline.timeNs, timeNs: r.timeNs, gflops: r.gflops, gbPerSecond: r.gbPerSecond },
      ...{ percentOfPeak: r.percentOfPeak, threads: r.threads, flags: r.flags.join(' '), tier: r.tier, hash: r.hash },
      ...{ baselineHash: r.baseline.hash, unseen: r.unseen ?? false, disturbed: r.disturbed, ...pairCells(r) },
    })),
  );
}

/** One line a candidate, case and record after the first; the case is empty for the mean. */
export function comparedCsv(records: readonly Record[], { means, cases, references }: Compared): string {
  return csv(
    [...means, ...cases].flatMap(({ op, candidate, peer, case: name, cases, sides, changes }) =>
      changes.map(({ ratio, verdict }, i) => {
        const [from, to] = [sides[references[i]].speedup, sides[i + 1].speedup];
        return {
          ...{ op, candidate, peer, case: name, cases, from: records[references[i]].id, to: records[i + 1].id },
          ...{ fromSpeedup: from?.value, fromLow: from?.low, fromHigh: from?.high },
          ...{ toSpeedup: to?.value, toLow: to?.low, toHigh: to?.high },
          ...{ ratio: ratio?.value, ratioLow: ratio?.low, ratioHigh: ratio?.high, verdict: verdict ?? '~' },
        };
      }),
    ),
  );
}
