/** What a measurement is asked for, and what comes of it. */
import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Variant } from '../contract/variant.ts';
import type { Conditions } from '../judge/conditions.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { Sampled } from '../stats/speedup.ts';
import type { Effort } from './effort.ts';

export interface MeasureRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
  /** Candidates and peers, all of which are timed beside the baseline. */
  readonly variants: readonly Variant[];
  readonly cases: readonly Case[];
  readonly effort: Effort;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** What was seen beside the samples: an entry for each turn of a variant, or for its first one at each case of a round. */
export interface Seen {
  readonly warmups: readonly { readonly case: string; readonly variant: string; readonly steady: boolean }[];
  /** Calls, how long they took in all, and CPU time that the cell's threads spent outside of them. */
  readonly untimed: readonly {
    readonly case: string;
    readonly variant: string;
    readonly calls: number;
    readonly calledNs: number;
    readonly untimedNs: number;
  }[];
}

/** What the machine did while the rounds went on. */
export interface Watched extends Seen {
  /** Nanoseconds that the same loop took at the start of each round. */
  readonly loopsNs: readonly number[];
  /** Share of the CPU time of the machine that the hypervisor gave to others; null where the system does not say. */
  readonly stolen: number | null;
}

/** What the timed calls of some variants at one case show. */
export interface CaseTimes extends Seen {
  readonly samples: readonly Sampled[];
  /** Of timed calls alone: a failure or an error, or the largest error met as a share of its bound. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export interface Measured extends CaseTimes, Watched {
  readonly interrupted: boolean;
}
