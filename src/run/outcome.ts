/** What a run is asked for, and what comes of it. */
import type { Suite } from '../../bench/suites.ts';
import type { Built } from '../build/build.ts';
import type { PeerVariant } from '../catalog/peers.ts';
import type { Parameters } from '../contract/candidate.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Conditions } from '../judge/conditions.ts';
import type { Seed } from '../judge/seed.ts';
import type { Settled, Verdict } from '../judge/verdict.ts';
import type { Sampled } from '../stats/speedup.ts';
import type { Effort } from '../stopwatch/effort.ts';
import type { Watched } from '../stopwatch/request.ts';

/** What holds for the whole run. */
export interface RunOptions extends Conditions {
  readonly effort: Effort;
  readonly caseFilter: string | undefined;
  /** Where the seed comes from. */
  readonly committed: Seed;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** A candidate or a peer, and what came of it. */
export interface CandidateOutcome<V extends Verdict = Verdict> {
  readonly id: string;
  readonly about: string | null;
  /** Null if it did not build. */
  readonly built: Built | null;
  readonly peer: PeerVariant | null;
  /** Of a generator: what its code is made with, by case. */
  readonly parameters: ReadonlyMap<string, Parameters>;
  readonly verdict: V;
}

/** One op of a suite. */
export interface OpOutcome {
  readonly suite: Suite;
  readonly op: AnyOp;
  readonly baseline: Built;
  /** Timed, in the suite's order; `meanCases` are those that the mean is taken over. */
  readonly cases: readonly Case[];
  readonly meanCases: readonly Case[];
  readonly candidates: readonly CandidateOutcome<Settled>[];
  readonly samples: readonly Sampled[];
  /** What the machine did meanwhile; null before the first round. */
  readonly watched: Watched | null;
  readonly interrupted: boolean;
}
