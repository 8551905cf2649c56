/** On which classes of machines a claim holds, for records of several. */
import { byCandidate } from '../records/byCandidate.ts';
import type { Record } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import { type ComparisonVerdict, compare } from '../stats/verdict.ts';
import { efforts } from '../stopwatch/effort.ts';
import { classesOf } from './classes.ts';
import type { Compared } from './compare.ts';

/** What one record says of the mean of a candidate. */
export interface Claim {
  readonly op: string;
  readonly candidate: string;
  readonly class: string;
  /** The index of the record. */
  readonly record: number;
  /** The index of the first record of the class, which it is compared with; null for the baseline of its own run. */
  readonly against: number | null;
  /** The speedup over the baseline, or its ratio to that of the other record. */
  readonly ratio: Interval;
  /** Null after one round only. */
  readonly verdict: ComparisonVerdict | null;
}

/** The claims of all records on the candidates, no peers; none if all records are of one class. */
export function claimsOf(records: readonly Record[], { means, references }: Compared): Claim[] {
  const classes = classesOf(records);
  if (new Set(classes).size === 1) return [];
  const held = records.map(byCandidate);
  return means.flatMap(({ op, candidate, peer, sides, changes }) => {
    if (peer) return [];
    const claim = (record: number, against: number | null, ratio: Interval, verdict: Claim['verdict']): Claim => {
      return { op, candidate, class: classes[record], record, against, ratio, verdict };
    };
    const ofBaseline = sides.flatMap(({ speedup }, i) => {
      if (!speedup) return [];
      const floor = held[i]({ op, candidate }).mean?.noiseFloor ?? null;
      const verdict = speedup.low === null ? null : compare(speedup, floor, efforts[records[i].effort].halfWidth);
      return [claim(i, null, speedup, verdict)];
    });
    const ofRecord = changes.flatMap(({ ratio, verdict }, i) => {
      const against = references[i];
      return ratio && classes[against] === classes[i + 1] ? [claim(i + 1, against, ratio, verdict)] : [];
    });
    return [...ofBaseline, ...ofRecord];
  });
}
