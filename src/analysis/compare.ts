/**
 * Compares each record with the first of its class of machines, and that with the first of all, candidate by candidate and case by case. Runs
 * are independent, so the interval of a ratio comes from the spread of both (stats/welch.ts), and no difference within both noise floors is called faster or slower.
 */
import { byCandidate } from '../records/byCandidate.ts';
import type { Record, Result } from '../records/schema.ts';
import { type Interval, intervalOf } from '../stats/interval.ts';
import { meanEstimate } from '../stats/means.ts';
import { pooledOver } from '../stats/speedup.ts';
import { type ComparisonVerdict, compare } from '../stats/verdict.ts';
import { ratioOf } from '../stats/welch.ts';
import { efforts } from '../stopwatch/effort.ts';
import { referencesOf } from './classes.ts';

/** One record's values of a row. */
export interface Side {
  /** Baseline time / candidate time, or the mean of that; null if it was not timed or did not pass. */
  readonly speedup: Interval | null;
  /** Time of a call, ns: that of the baseline divided by the speedup; null for a mean, and without a speedup. */
  readonly timeNs: number | null;
  /** The verdict, if it explains why there is no speedup, or `disturbed`. */
  readonly why: string | null;
}

/** What changed between a record and the one that it is compared with, its reference. */
export interface Change {
  /** The speedup in the record over that in its reference; null if either is missing. */
  readonly ratio: Interval | null;
  /** Null if one of the two is missing or has one round only. */
  readonly verdict: ComparisonVerdict | null;
}

/** A candidate or peer in each of the records. */
export interface Row {
  readonly op: string;
  /** Its id, or the name of the peer. */
  readonly candidate: string;
  readonly peer: boolean;
  /** Null for the mean over the cases that all the records timed. */
  readonly case: string | null;
  /** The number of cases that the mean is taken over; otherwise 1. */
  readonly cases: number;
  /** One for each record. */
  readonly sides: readonly Side[];
  /** One for each record but the first. */
  readonly changes: readonly Change[];
}

/** The rows of a comparison. */
export interface Compared {
  /** For each record but the first, the index of its reference: 0, unless an earlier record is of the same class of machines. */
  readonly references: readonly number[];
  /** One for each candidate. */
  readonly means: readonly Row[];
  /** One for each candidate and case. */
  readonly cases: readonly Row[];
}

/** The caller first checks that the records may be compared: differences.ts finds baselines that differ. */
export function compareRecords(records: readonly Record[]): Compared {
  const references = referencesOf(records);
  const held = records.map(byCandidate);
  const samples = records.map((one) => Map.groupBy(withoutUnseen(one), ({ op }) => op));
  const results = records.flatMap((record) => record.results);
  const timed = new Map(results.map(({ op, candidate, peer }) => [`${op} ${candidate}`, { op, candidate, peer }]));
  const rows = [...timed.values()].map((row) => {
    const all = records.map(({ effort }, i): Held => {
      const { results, ...own } = held[i](row);
      const pooled = pooledOver(samples[i].get(row.op) ?? [], `${row.op}/baseline`, row.candidate);
      return {
        ...own,
        results: new Map(results.map((r) => [r.case, r])),
        pooled,
        margin: efforts[effort].halfWidth,
      };
    });
    const names = [...new Set(all.flatMap(({ results }) => [...results.keys()]))];
    const common = names.filter((name) => all.every(({ results }) => results.get(name)?.speedup));
    const rowOf = (cases: readonly string[], name: string | null): Row => {
      const compared = changesOf(
        all.map((one) => evidenceOf(one, cases, name)),
        references,
      );
      return { ...row, case: name, cases: cases.length, ...compared };
    };
    return { mean: rowOf(common, null), cases: names.map((name) => rowOf([name], name)) };
  });
  return { references, means: rows.map(({ mean }) => mean), cases: rows.flatMap(({ cases }) => cases) };
}

/** The samples that the record's own intervals come from: the cases share what is known of the spread, and unseen shapes are none of them. */
function withoutUnseen({ samples, results }: Record): Record['samples'] {
  const unseen = new Set(results.flatMap((r) => (r.unseen ? `${r.op} ${r.case}` : [])));
  return unseen.size === 0 ? samples : samples.filter((s) => !unseen.has(`${s.op} ${s.case}`));
}

/** What a record has of a candidate: its results, and its ratios to the baseline. */
interface Held extends Omit<ReturnType<ReturnType<typeof byCandidate>>, 'results'> {
  readonly results: ReadonlyMap<string, Result>;
  readonly margin: number;
  readonly pooled: ReturnType<typeof pooledOver>;
}

/**
 * The side of one case or, if `name` is null, of the mean over `cases`, and what its changes are judged by: the estimate of its logarithm,
 * the noise floor, and the precision of the record's effort.
 */
function evidenceOf(held: Held, cases: readonly string[], name: string | null) {
  const estimate = name === null ? meanEstimate(held.pooled, cases) : held.pooled.case(name);
  const result = name === null ? undefined : held.results.get(name);
  const verdict = result?.verdict ?? held.candidate?.verdict ?? 'pass';
  const mean = cases.every((one) => held.results.get(one)?.speedup) && estimate ? intervalOf(estimate) : null;
  const side: Side = {
    speedup: name === null ? mean : (result?.speedup ?? null),
    timeNs: result?.timeNs ?? null,
    why: verdict === 'pass' ? (result?.disturbed ? 'disturbed' : null) : verdict,
  };
  const floor = (name === null ? held.mean : result)?.noiseFloor ?? null;
  return { side, estimate, floor, margin: held.margin };
}

function changesOf(
  all: readonly ReturnType<typeof evidenceOf>[],
  references: readonly number[],
): Pick<Row, 'sides' | 'changes'> {
  return {
    sides: all.map(({ side }) => side),
    changes: references.map((reference, i) => {
      const [first, other] = [all[reference], all[i + 1]];
      const ratio = first.side.speedup && other.side.speedup ? ratioOf(first.estimate, other.estimate) : null;
      if (!ratio || ratio.low === null) return { ratio, verdict: null };
      // The ratio has the noise of both runs.
      const floors = [first.floor, other.floor].filter((floor) => floor !== null);
      const floor = floors.length === 0 ? null : Math.hypot(...floors);
      return { ratio, verdict: compare(ratio, floor, Math.max(first.margin, other.margin)) };
    }),
  };
}
