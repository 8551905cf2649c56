/**
 * An oracle: the truth in f64, slow and obvious. It runs in the parent only, never where a candidate runs, and shares no
 * function with the baseline (one function called on Float32Array and on Float64Array turns megamorphic and slow).
 */
import type { AnyOp, DimsOf, ScalarsOf, Tensors, TensorsOf, Truths } from './op.ts';
import type { Rng } from './rng.ts';

export interface Oracle<O extends AnyOp = AnyOp> {
  /** The outputs (`out` and `inout`) that the inputs call for. Inputs are left as they are. */
  truths(dims: DimsOf<O>, scalars: ScalarsOf<O>, inputs: TensorsOf<O>): Truths;
  /**
   * A cheap probabilistic check of one timed call, where the op has one: the error of a random projection in units of its
   * bound, so that anything above 1, and NaN, fails. `before` and `after` are the tensors around the call.
   */
  sketch?(dims: DimsOf<O>, scalars: ScalarsOf<O>, before: TensorsOf<O>, after: Tensors, rng: Rng): number;
}
