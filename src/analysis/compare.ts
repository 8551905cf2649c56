/**
 * Records against the first of them, candidate by candidate and case by case: is what changed real? Runs are independent, so the
 * interval of a ratio comes from the forks of both (stats/welch.ts), and what the noise floors of both allow for is `same`.
 */

import type { Record, Result } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import { meansOf } from '../stats/means.ts';
import { ratios, roundMeans, type Sampled } from '../stats/speedup.ts';
import { type Comparison, compare } from '../stats/verdict.ts';
import { ratioOf } from '../stats/welch.ts';
import { efforts } from '../stopwatch/effort.ts';

/** What one record says of one row. */
export interface Side {
  readonly speedup: Interval | null;
  readonly timeNs: number | null;
  /** Why there is no speedup, where the candidate was there. */
  readonly why: string | null;
}

/** The speedup in a record over that in the first one; null where either is missing. */
export interface Change {
  readonly ratio: Interval | null;
  /** Null where nothing can be said: one of the two is missing, or has one fork only. */
  readonly verdict: Comparison | null;
}

export interface Row {
  readonly op: string;
  readonly candidate: string;
  readonly peer: boolean;
  /** Null for the mean over the cases that all the records timed. */
  readonly case: string | null;
  readonly cases: number;
  /** One for each record, and one for each but the first. */
  readonly sides: readonly Side[];
  readonly changes: readonly Change[];
}

export interface Compared {
  readonly means: readonly Row[];
  readonly cases: readonly Row[];
}

/** Whether they may be compared, two baselines for one, is for the caller to ask (differences.ts). */
export function compareRecords(records: readonly Record[]): Compared {
  const means: Row[] = [];
  const cases: Row[] = [];
  for (const { op, candidate, peer } of candidatesOf(records)) {
    const all = records.map((record) => ({ record, op, candidate, samples: samplesOf(record, op) }));
    const names = [...new Set(records.flatMap((record) => resultsOf(record, op, candidate).map((r) => r.case)))];
    const common = names.filter((name) => all.every((one) => resultOf(one, name)?.speedup));
    const row = { op, candidate, peer };
    for (const name of names) {
      const forks = all.map((one) => [...ratios(one.samples, `${op}/baseline`, candidate, name).values()]);
      const sides = all.map((one) => sideOf(one, name));
      cases.push({
        ...row,
        case: name,
        cases: 1,
        sides,
        changes: changesOf(
          records,
          sides,
          forks,
          all.map((one) => resultOf(one, name)?.noiseFloor ?? null),
        ),
      });
    }
    const forks = all.map((one) => roundMeans(one.samples, `${op}/baseline`, candidate, common));
    const sides = all.map((one, i) => meanSide(one, common, forks[i]));
    const changes = changesOf(records, sides, forks, all.map(meanFloor));
    means.push({ ...row, case: null, cases: common.length, sides, changes });
  }
  return { means, cases };
}

interface One {
  readonly record: Record;
  readonly op: string;
  readonly candidate: string;
  readonly samples: readonly Sampled[];
}

/** In the order of the first record that has them. */
function candidatesOf(records: readonly Record[]) {
  const found = new Map<string, { op: string; candidate: string; peer: boolean }>();
  for (const { results } of records)
    for (const { op, candidate, peer } of results) found.set(`${op} ${candidate}`, { op, candidate, peer });
  return [...found.values()];
}

const samplesOf = (record: Record, op: string) => record.samples.filter((sampled) => sampled.op === op);

const resultsOf = (record: Record, op: string, candidate: string) =>
  record.results.filter((r) => r.op === op && r.candidate === candidate);

const resultOf = ({ record, op, candidate }: One, name: string): Result | undefined =>
  resultsOf(record, op, candidate).find((r) => r.case === name);

function sideOf(one: One, name: string): Side {
  const result = resultOf(one, name);
  const why = result ? (result.verdict === 'pass' ? null : result.verdict) : whyAbsent(one);
  return { speedup: result?.speedup ?? null, timeNs: result?.timeNs ?? null, why };
}

/** Null where the record does not know the candidate at all. */
function whyAbsent({ record, op, candidate }: One): string | null {
  const verdict = record.candidates.find((c) => c.op === op && c.candidate === candidate)?.verdict;
  return verdict === undefined || verdict === 'pass' ? null : verdict;
}

function meanSide(one: One, common: readonly string[], forks: readonly number[]): Side {
  const why = whyAbsent(one);
  if (common.length === 0) return { speedup: null, timeNs: null, why };
  const values = common.map((name) => resultOf(one, name)?.speedup?.value as number);
  return { speedup: meansOf(values, forks).arithmetic, timeNs: null, why };
}

function changesOf(
  records: readonly Record[],
  sides: readonly Side[],
  forks: readonly (readonly number[])[],
  floors: readonly (number | null)[],
): Change[] {
  return records.slice(1).map((record, i) => {
    const ratio = sides[0].speedup && sides[i + 1].speedup ? ratioOf(forks[0], forks[i + 1]) : null;
    if (!ratio || ratio.low === null) return { ratio, verdict: null };
    const margin = Math.max(efforts[records[0].effort].halfWidth, efforts[record.effort].halfWidth);
    const [a, b] = [floors[0], floors[i + 1]];
    // Both runs have their noise, and that of the ratio is both.
    const floor = a === null && b === null ? null : Math.hypot(a ?? 0, b ?? 0);
    return { ratio, verdict: compare(ratio, floor, margin) };
  });
}

const meanFloor = ({ record, op, candidate }: One): number | null =>
  record.means.find((mean) => mean.candidate === candidate && mean.op === op)?.noiseFloor ?? null;
