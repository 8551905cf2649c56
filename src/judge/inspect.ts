/**
 * One call, inspected: outputs against the truth, everything else against what it was. Comparisons are written so that
 * NaN fails, and a truth that is NaN is an error of ours, not a wildcard.
 */
import { guardsOf } from '../cell/layout.ts';
import type { AnyOp, Case, Part, TensorSpec, Tensors, Truths } from '../contract/op.ts';
import type { CheckName } from './checks.ts';
import { type Image, tensorsOf } from './image.ts';

export type Bounds = Readonly<Record<string, Float64Array>>;

/** How far each output may be from its truth; `baselineAfter` is read for ops whose bounds derive from the baseline. */
export function boundsFor(
  op: AnyOp,
  c: Case,
  distribution: string,
  image: Image,
  truths: Truths,
  baselineAfter: Uint8Array | null,
): Bounds {
  const baseline = op.needsBaseline && baselineAfter ? tensorsOf(baselineAfter, image.layout) : null;
  return op.bounds({ dims: c.dims, scalars: image.scalars, distribution, inputs: image.tensors, truths, baseline });
}

export interface Finding {
  readonly reason:
    | 'differs'
    | 'input changed'
    | 'wrote outside'
    | 'not updated'
    | 'not repeatable'
    | 'trajectory'
    | 'sketch'
    | 'not finite'
    | 'changed later';
  /** `C[3,5]`, `params.wte[17]` or the guard's neighbour. */
  readonly where: string;
  readonly got: number | null;
  readonly want: number | null;
  readonly error: number | null;
  readonly bound: number | null;
}

/** The largest error as a share of its bound, or the first thing found wrong. */
export type Inspection = { readonly worst: number } | { readonly finding: Finding };

export function inspect(
  op: AnyOp,
  c: Case,
  image: Image,
  after: Uint8Array,
  truths: Truths,
  bounds: Bounds,
  without: readonly CheckName[] = [],
): Inspection {
  const trespass = findTrespass(op, c, image, after, without);
  if (trespass) return { finding: trespass };
  const got = tensorsOf(after, image.layout);
  let worst = 0;
  for (const [name, spec] of Object.entries<TensorSpec>(op.tensors)) {
    if (spec.role === 'in') continue;
    const compared = compare(op, c, name, got, truths, bounds);
    if ('finding' in compared) return { finding: standing(op, c, image.tensors, got) ?? compared.finding };
    worst = Math.max(worst, compared.worst);
  }
  return { worst };
}

/** A write to a guard band or to an input, whatever the outputs are. */
export function findTrespass(
  op: AnyOp,
  c: Case,
  image: Image,
  after: Uint8Array,
  without: readonly CheckName[] = [],
): Finding | null {
  const guard = without.includes('guards') ? null : brokenGuard(image, after);
  if (guard) return { ...blank, reason: 'wrote outside', where: guard };
  if (without.includes('inputs')) return null;
  for (const { name, offset, length } of image.layout.slots) {
    if ((op.tensors[name] as TensorSpec).role !== 'in') continue;
    const [from, to] = [offset, offset + 4 * length];
    if (Buffer.compare(image.bytes.subarray(from, to), after.subarray(from, to)) === 0) continue;
    return changedInput(op, c, name, image, tensorsOf(after, image.layout));
  }
  return null;
}

/** Two calls on the same bytes must leave the same bytes. */
export function compareRepeat(op: AnyOp, c: Case, image: Image, first: Uint8Array, second: Uint8Array): Finding | null {
  if (Buffer.compare(first, second) === 0) return null;
  const guard = brokenGuard(image, second);
  if (guard) return { ...blank, reason: 'wrote outside', where: guard };
  const [a, b] = [tensorsOf(first, image.layout), tensorsOf(second, image.layout)];
  for (const name of Object.keys(op.tensors)) {
    const i = a[name].findIndex((value, index) => !Object.is(value, b[name][index]));
    if (i < 0) continue;
    return { ...blank, reason: 'not repeatable', where: locate(op, c, name, i), got: b[name][i], want: a[name][i] };
  }
  return null;
}

export const blank = { got: null, want: null, error: null, bound: null };

function brokenGuard({ layout, bytes }: Image, after: Uint8Array): string | null {
  const names = ['before the first tensor', ...layout.slots.map(({ name }) => `behind ${name}`)];
  for (const [i, [from, to]] of guardsOf(layout).entries()) {
    if (Buffer.compare(bytes.subarray(from, to), after.subarray(from, to)) !== 0) return names[i];
  }
  return null;
}

/** Which element of an input is another one, by its bits. */
function changedInput(op: AnyOp, c: Case, name: string, image: Image, got: Tensors): Finding {
  const before = new Int32Array(image.tensors[name].buffer, image.tensors[name].byteOffset, got[name].length);
  const after = new Int32Array(got[name].buffer, got[name].byteOffset, got[name].length);
  const i = before.findIndex((bits, index) => bits !== after[index]);
  const where = locate(op, c, name, i);
  return { ...blank, reason: 'input changed', where, got: got[name][i], want: image.tensors[name][i] };
}

function compare(op: AnyOp, c: Case, name: string, tensors: Tensors, truths: Truths, bounds: Bounds): Inspection {
  const got = tensors[name] as Float32Array;
  const { want } = truths[name];
  const admitted = bounds[name];
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i] - want[i]);
    const bound = admitted[i];
    if (!(error <= bound)) {
      const where = locate(op, c, name, i);
      return { finding: { reason: 'differs', where, got: got[i], want: want[i], error, bound } };
    }
    if (error > worst * bound) worst = error / bound;
  }
  return { worst };
}

/** The better word for a difference: a part of the carried state of which the call has not changed one bit. */
function standing(op: AnyOp, c: Case, before: Tensors, after: Tensors): Finding | null {
  for (const name of op.carries ?? []) {
    const part = standingPart(op, c, name, before, after);
    if (part) return { ...blank, reason: 'not updated', where: `${name}.${part.name}` };
  }
  return null;
}

function standingPart(op: AnyOp, c: Case, name: string, before: Tensors, after: Tensors): Part | undefined {
  return op.parts?.(name, c.dims).find(({ offset, length }) => {
    for (let i = offset; i < offset + length; i++) if (before[name][i] !== after[name][i]) return false;
    return true;
  });
}

function locate(op: AnyOp, c: Case, name: string, index: number): string {
  const part = op.parts?.(name, c.dims).find(({ offset, length }) => index >= offset && index < offset + length);
  if (part) return part.name === name ? name : `${name}.${part.name}[${index - part.offset}]`;
  const shape = (op.tensors[name] as TensorSpec).shape(c.dims);
  let rest = index;
  const at = shape.map((_, axis) => {
    const stride = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
    const position = Math.floor(rest / stride);
    rest -= position * stride;
    return position;
  });
  return `${name}[${at.join(',')}]`;
}
