/**
 * An oracle: the truth in f64, slow and obvious. It runs in the parent only, never where a candidate runs, and shares no
 * function with the baseline (one function called on Float32Array and on Float64Array turns megamorphic and slow).
 */
import type { AnyOp, DimsOf, ScalarsOf, Tensors, TensorsOf, Truths } from './op.ts';
import type { Rng } from './rng.ts';

/** The default export of baselines/<op>/oracle.ts. */
export interface Oracle<O extends AnyOp = AnyOp> {
  /**
   * The outputs (`out` and `inout`) by name, each with as many elements as its tensor, in its row-major order. `inputs` has the tensors
   * as they are before the call, and is not written to.
   */
  truths(dims: DimsOf<O>, scalars: ScalarsOf<O>, inputs: TensorsOf<O>): Truths;
  /**
   * A cheap probabilistic check of one timed call, where the op has one: the error of a random projection in units of its bound, so
   * above 1, and NaN, fails. `before` has all tensors before the call, `after` the outputs after it.
   */
  sketch?(dims: DimsOf<O>, scalars: ScalarsOf<O>, before: TensorsOf<O>, after: Tensors, rng: Rng): number;
}
