/** What a run gets and returns. */
import type { Suite } from '../../bench/suites.ts';
import type { Built } from '../build/build.ts';
import type { PeerVariant } from '../catalog/peers.ts';
import type { Parameters } from '../contract/candidate.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Conditions } from '../judge/conditions.ts';
import type { Committed } from '../judge/seed.ts';
import type { Unseen } from '../judge/unseen.ts';
import type { Settled, Verdict } from '../judge/verdict.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import type { Sampled } from '../stats/samples.ts';
import type { Effort } from '../stopwatch/effort.ts';
import type { Watched } from '../stopwatch/request.ts';

export interface RunOptions extends Conditions {
  readonly effort: Effort;
  readonly caseFilter: string | undefined;
  /** The origin of the seed. */
  readonly committed: Committed;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export interface CandidateOutcome<V extends Verdict = Verdict> {
  readonly id: string;
  readonly about: string | null;
  /** Null if it did not build. */
  readonly built: Built | null;
  readonly peer: PeerVariant | null;
  /** For a generator: the parameters of its code, by case. */
  readonly parameters: ReadonlyMap<string, Parameters>;
  readonly verdict: V;
}

export interface OpOutcome {
  readonly suite: Suite;
  readonly op: AnyOp;
  readonly baseline: Built;
  /** The timed cases; `meanCases` are those that make the mean. */
  readonly cases: readonly Case[];
  readonly meanCases: readonly Case[];
  /** Shapes that are timed beside them, and count in no mean. */
  readonly unseen: readonly Unseen[];
  readonly candidates: readonly CandidateOutcome<Settled>[];
  readonly samples: readonly Sampled[];
  /** Observations of the machine during the rounds; null before the first. */
  readonly watched: Watched | null;
  /** The machine's, beside the rounds; null where they could not be measured. */
  readonly ceilings: Ceilings | null;
  readonly interrupted: boolean;
}
