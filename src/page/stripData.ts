/** What strips show: the samples of the best candidate of each op of a suite. */
import type { Result } from '../records/schema.ts';
import type { Samples } from '../stats/samples.ts';
import { type CallRatio, callRatios, ratios } from '../stats/speedup.ts';
import type { MeanRow, View } from './subject.ts';

/** A case: the calls of a candidate there, and the ratios of its rounds. */
export interface Strip {
  readonly result: Result;
  /** In time order. */
  readonly calls: readonly CallRatio[];
  /** By round, from 0; without the rounds that do not count. */
  readonly ratios: ReadonlyMap<number, number>;
}

/** The best candidate of an op. */
export interface Group {
  readonly op: string;
  readonly candidate: string;
  /** The greatest speedup first, those without one last. */
  readonly strips: readonly Strip[];
  /** Whether the system tells how long calls waited. */
  readonly hasWaits: boolean;
}

/** One for each op that has samples. */
export const groupsOf = ({ record, rows, suite }: View): Group[] =>
  suite.ops.flatMap((op) => {
    const own = record.samples.filter((sample) => sample.op === op);
    const groups = rows.filter(({ mean }) => mean.op === op && !mean.peer).map((row) => groupOf(row, own));
    return groups.find(({ strips }) => strips.length > 0) ?? [];
  });

function groupOf({ mean: { candidate, op }, results }: MeanRow, own: Samples): Group {
  const strips = results.flatMap((result) => {
    const of = [own, `${op}/baseline`, candidate, result.case] as const;
    const calls = callRatios(...of);
    return calls.length > 0 ? [{ result, calls, ratios: ratios(...of) }] : [];
  });
  const hasWaits = own.some(({ queuedNs }) => queuedNs !== null);
  return { op, candidate, strips: strips.sort((a, b) => valueAt(b) - valueAt(a)), hasWaits };
}

const valueAt = ({ result }: Strip) => result.speedup?.value ?? 0;

export const leftOutOf = (some: readonly CallRatio[]) => some.filter(({ isLeftOut }) => isLeftOut);

/** `1 of 18 left out`: of the candidate's calls. */
export function leftOutText(some: readonly CallRatio[]): string {
  const { length } = leftOutOf(some);
  return `${length === 0 ? 'none' : `${length} of ${some.length}`} left out`;
}
