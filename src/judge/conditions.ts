import type { AnyOp } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import type { Seed } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import type { CheckName } from './checks.ts';

/** What holds for every check and every timed call of a run. */
export interface Conditions {
  readonly seed: Seed;
  readonly threads: number;
  /** Words that the replay command of a failure needs: effort, threads, text. */
  readonly replayFlags?: readonly string[];
  /** Bytes that tokens are drawn from. */
  readonly text: Uint8Array;
  /** Checks that a test leaves out. */
  readonly without?: readonly CheckName[];
}

/** An op, with all that its candidates are judged by. */
export interface OpConditions extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
}

/** The timed calls of one case in one round, as `verify --timed` takes them. */
export interface RoundPlan {
  readonly round: number;
  readonly calls: number;
  /** Calls that were made again, after others had waited for a CPU. Default: 0. */
  readonly again?: number;
}
