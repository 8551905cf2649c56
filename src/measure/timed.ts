/** The outputs of timed calls, checked: a sketch of every call that has one, and the drawn call in full. */
import type { AnyOp, Case, Truths } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng } from '../contract/rng.ts';
import { type Image, tensorsOf } from '../verify/image.ts';
import { type Bounds, boundsFor, findTrespass, type Inspection, inspect } from '../verify/inspect.ts';
import type { PlannedCall } from './inputs.ts';

export interface Expectation {
  readonly truths: Truths;
  readonly bounds: Bounds;
}

/** The truth about the drawn image, computed once for all variants. */
export function expect(op: AnyOp, c: Case, oracle: Oracle, image: Image, baselineAfter: Uint8Array): Expectation {
  const truths = oracle.truths(c.dims, image.scalars, image.tensors);
  return { truths, bounds: boundsFor(op, c, op.distributions[0], image, truths, baselineAfter) };
}

/** The first thing wrong in the timed calls of one variant, or the largest error as a share of its bound. */
export function inspectTimed(
  op: AnyOp,
  c: Case,
  oracle: Oracle,
  planned: readonly PlannedCall[],
  reads: readonly (readonly Uint8Array[])[],
  expectation: Expectation | null,
  seed: number,
): Inspection {
  const rng = makeRng(seed);
  let worst = 0;
  for (const [i, { image, drawn }] of planned.entries()) {
    const [after] = reads[i];
    if (drawn && image && expectation) {
      const inspection = inspect(op, c, image, after, expectation.truths, expectation.bounds);
      if ('finding' in inspection) return inspection;
      worst = Math.max(worst, inspection.worst);
    } else if (image && !op.carries) {
      const finding = findTrespass(op, c, image, after);
      if (finding) return { finding };
      if (!oracle.sketch)
        throw new Error(`${op.name} carries no state and has no sketch: its timed calls would go unchecked`);
      const error = oracle.sketch(c.dims, image.scalars, image.tensors, tensorsOf(after, image.layout), rng);
      if (error <= 1) continue;
      return { finding: { reason: 'sketch', where: `call ${i + 1}`, got: null, want: null, error, bound: 1 } };
    } else {
      const values = new Float32Array(after.slice().buffer, 0, after.length / 4);
      if (values.every(Number.isFinite)) continue;
      return {
        finding: { reason: 'not finite', where: `call ${i + 1}`, got: values[0], want: null, error: null, bound: null },
      };
    }
  }
  return { worst };
}
