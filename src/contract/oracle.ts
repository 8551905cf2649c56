/**
 * An oracle: the truth in f64, slow and obvious. It runs in the parent only, never where a candidate runs, and shares no
 * function with the baseline (one function called on Float32Array and on Float64Array turns megamorphic and slow).
 */
import type { AnyOp, DimsOf, ScalarsOf, Tensors, TensorsOf, Truths } from './op.ts';
import type { Rng } from './random.ts';

/** The default export of `baselines/<op>/oracle.ts`: the truth in f64, slow and obvious. */
export interface Oracle<O extends AnyOp = AnyOp> {
  /** The outputs (`out` and `inout`) by name, in the shape of their tensors, row-major. `inputs` are the tensors before the call, only read. */
  truths(dims: DimsOf<O>, scalars: ScalarsOf<O>, inputs: TensorsOf<O>): Truths;
  /**
   * For an op that carries state, whose every timed call is checked: how far the outputs are from a fast reference in f32, in units of a
   * bound that honest kernels keep. Only calls above 1, or NaN, and some others are compared with the truths. Without it, all are.
   */
  near?(dims: DimsOf<O>, scalars: ScalarsOf<O>, before: TensorsOf<O>, after: Tensors): number;
  /**
   * A cheap probabilistic check of one timed call: the error of a random projection in units of its bound, so that a value above 1, or NaN,
   * fails. `before` has all tensors before the call, `after` the outputs after it.
   */
  sketch?(dims: DimsOf<O>, scalars: ScalarsOf<O>, before: TensorsOf<O>, after: Tensors, rng: Rng): number;
}
