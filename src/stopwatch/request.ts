/** What a measurement gets and returns. */
import type { Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Variant } from '../contract/variant.ts';
import type { OpConditions } from '../judge/conditions.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { Interval } from '../stats/interval.ts';
import type { Sampled } from '../stats/samples.ts';
import type { Effort } from './effort.ts';

/** A look at a measurement that goes on. */
export interface SoFar {
  readonly op: string;
  /** `round 1 of 3`. */
  readonly round: string;
  /** The candidates that stand, with a speedup at one case or, if that is null, the mean over all. */
  readonly variants: readonly { readonly id: string; readonly speedup: Interval; readonly case: string | null }[];
}

export interface MeasureRequest extends OpConditions {
  /** Candidates and peers, all timed next to the baseline. */
  readonly variants: readonly Variant[];
  readonly cases: readonly Case[];
  readonly effort: Effort;
  readonly signal?: AbortSignal;
  readonly onProgress: OnProgress;
  /** Hears of the first case that was timed, and of each round. */
  readonly onRound?: (soFar: SoFar) => void;
}

/** Times of the calls of a variant at a case of a round: of those that were compared in full, which were chosen afterwards, and of the others. */
export interface Audit {
  readonly case: string;
  readonly variant: string;
  readonly fullNs: readonly number[];
  readonly othersNs: readonly number[];
}

/** Observations beside the samples. */
interface Seen {
  readonly audits: readonly Audit[];
  /** One for each variant and case of a round. */
  readonly warmups: readonly { readonly case: string; readonly variant: string; readonly steady: boolean }[];
  /** One for each turn of a variant: calls, their time, and CPU time that the cell's threads spent outside them. */
  readonly untimed: readonly {
    readonly case: string;
    readonly variant: string;
    readonly calls: number;
    readonly calledNs: number;
    readonly untimedNs: number;
  }[];
}

/** What the machine did during the rounds. */
export interface Watched extends Seen {
  /** Nanoseconds of the same loop at the start of each round. */
  readonly loopsNs: readonly number[];
  /** Share of the machine's CPU time that the hypervisor gave to other machines; null where the system keeps no account. */
  readonly stolen: number | null;
}

/** The timed calls of some variants at one case. */
export interface CaseTimes extends Seen {
  readonly samples: readonly Sampled[];
  /** Verdicts on the timed calls alone, by variant. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export interface Measured extends CaseTimes, Watched {
  readonly interrupted: boolean;
}
