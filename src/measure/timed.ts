/** The outputs of timed calls, checked: the drawn call in full, and the others by a sketch, or in full where the op has none. */
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

/** The truths about images, each computed once for all variants. */
export type Expectations = Map<Image, Expectation>;

export function expect(
  op: AnyOp,
  c: Case,
  oracle: Oracle,
  image: Image,
  baselineAfter: Uint8Array | null,
): Expectation {
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
  expectations: Expectations,
  seed: number,
): Inspection {
  const rng = makeRng(seed);
  let worst = 0;
  for (const [i, { image }] of planned.entries()) {
    const [after] = reads[i];
    if (image && !op.carries && !oracle.sketch && !expectations.has(image)) {
      expectations.set(image, expect(op, c, oracle, image, null));
    }
    const expectation = image && expectations.get(image);
    if (image && expectation) {
      const inspection = inspect(op, c, image, after, expectation.truths, expectation.bounds);
      if ('finding' in inspection) return inspection;
      worst = Math.max(worst, inspection.worst);
    } else if (image && oracle.sketch) {
      const finding = findTrespass(op, c, image, after);
      if (finding) return { finding };
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
