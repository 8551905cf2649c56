/**
 * Inspects one call: outputs are compared with the truth, everything else with what it was. Comparisons are written so that NaN fails; a
 * truth that is NaN is an error of ours, not a wildcard.
 */
import { guardsOf } from '../cell/layout.ts';
import type { Part, TensorSpec, Tensors, Truths } from '../contract/op.ts';
import { type Image, roleOf, sameBytes, tensorsOf } from './image.ts';
import { type Elements, elementsOf } from './place.ts';

/** What must come out of a call on an image, and by how much each output may be off. */
export interface Expectation {
  readonly truths: Truths;
  readonly bounds: Readonly<Record<string, Float64Array>>;
}

/** `baselineAfter`: the bytes that the baseline left, for ops whose bounds derive from them. */
export function expectationOf(image: Image, truths: Truths, baselineAfter: Uint8Array | null): Expectation {
  const { op, case: c, distribution, scalars, tensors: inputs } = image;
  const baseline = op.needsBaseline && baselineAfter ? tensorsOf(baselineAfter, image.layout) : null;
  return { truths, bounds: op.bounds({ dims: c.dims, scalars, distribution, inputs, truths, baseline }) };
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
    | 'changed later';
  /** `C[3,5]`, `params.wte[17]` or `behind C` for a guard band. */
  readonly where: string;
  readonly got: number | null;
  readonly want: number | null;
  readonly error: number | null;
  readonly bound: number | null;
  /** All wrong elements of that tensor in that call; null for a finding of another kind. */
  readonly elements: Elements | null;
}

/** The largest error as a share of its bound, or the first thing found wrong. */
export type Inspection = { readonly worst: number } | { readonly finding: Finding };

export function finding(reason: Finding['reason'], where: string, numbers: Partial<Finding> = {}): Finding {
  return { reason, where, got: null, want: null, error: null, bound: null, elements: null, ...numbers };
}

/** Inspects all tensors and guard bands. */
export function inspect(image: Image, after: Uint8Array, expectation: Expectation): Inspection {
  const trespass = findTrespass(image, after);
  if (trespass) return { finding: trespass };
  const got = tensorsOf(after, image.layout);
  let worst = 0;
  for (const name of Object.keys(image.op.tensors)) {
    if (roleOf(image, name) === 'in') continue;
    const compared = compare(image, name, got, expectation);
    if ('finding' in compared) return { finding: unchanged(image, got) ?? compared.finding };
    worst = Math.max(worst, compared.worst);
  }
  return { worst };
}

/** A write to a guard band or to an input. */
export function findTrespass(image: Image, after: Uint8Array): Finding | null {
  const { layout, bytes, without = [] } = image;
  const guard = without.includes('guards') ? null : brokenGuard(image, after);
  if (guard) return finding('wrote outside', guard);
  if (without.includes('inputs')) return null;
  const inputs = layout.slots.filter(({ name }) => roleOf(image, name) === 'in');
  const changed = inputs.find(({ offset, length }) => !sameBytes(bytes, after, offset, offset + 4 * length));
  return changed ? changedInput(image, changed.name, tensorsOf(after, layout)) : null;
}

/** Two calls on the same bytes must leave the same bytes. */
export function compareRepeat(image: Image, first: Uint8Array, second: Uint8Array): Finding | null {
  if (sameBytes(first, second)) return null;
  const guard = brokenGuard(image, second);
  if (guard) return finding('wrote outside', guard);
  const [a, b] = [tensorsOf(first, image.layout), tensorsOf(second, image.layout)];
  for (const name of Object.keys(image.op.tensors)) {
    const differing = [...a[name].keys()].filter((i) => !Object.is(a[name][i], b[name][i]));
    if (differing.length === 0) continue;
    const [i] = differing;
    const elements = elementsOf(image, name, differing, b[name]);
    return finding('not repeatable', locate(image, name, i), { got: b[name][i], want: a[name][i], elements });
  }
  return null;
}

function brokenGuard({ layout, bytes }: Image, after: Uint8Array): string | null {
  const names = ['before the first tensor', ...layout.slots.map(({ name }) => `behind ${name}`)];
  const broken = guardsOf(layout).findIndex(([from, to]) => !sameBytes(bytes, after, from, to));
  return broken < 0 ? null : names[broken];
}

/** Compares bits, since NaN differs from itself. */
function changedInput(image: Image, name: string, got: Tensors): Finding {
  const want = image.tensors[name];
  const before = new Int32Array(want.buffer, want.byteOffset, want.length);
  const after = new Int32Array(got[name].buffer, got[name].byteOffset, want.length);
  const i = before.findIndex((bits, index) => bits !== after[index]);
  return finding('input changed', locate(image, name, i), { got: got[name][i], want: want[i] });
}

function compare(image: Image, name: string, tensors: Tensors, { truths, bounds }: Expectation): Inspection {
  const got = tensors[name] as Float32Array;
  const { want } = truths[name];
  const admitted = bounds[name];
  const wrong: number[] = [];
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i] - want[i]);
    const bound = admitted[i];
    if (!(error <= bound)) wrong.push(i);
    else if (error > worst * bound) worst = error / bound;
  }
  if (wrong.length === 0) return { worst };
  const [first] = wrong;
  const numbers = {
    got: got[first],
    want: want[first],
    error: Math.abs(got[first] - want[first]),
    bound: admitted[first],
  };
  const elements = elementsOf(image, name, wrong, got);
  return { finding: finding('differs', locate(image, name, first), { ...numbers, elements }) };
}

/** A more exact reason than a difference: a part of the carried state of which the call changed no bit. */
function unchanged({ op, case: c, tensors: before }: Image, after: Tensors): Finding | null {
  const isUnchanged = (name: string, { offset, length }: Part) => {
    for (let i = offset; i < offset + length; i++) if (before[name][i] !== after[name][i]) return false;
    return true;
  };
  for (const name of op.carries ?? []) {
    const part = op.parts?.(name, c.dims).find((one) => isUnchanged(name, one));
    if (part) return finding('not updated', `${name}.${part.name}`);
  }
  return null;
}

function locate({ op, case: { dims } }: Image, name: string, index: number): string {
  const part = op.parts?.(name, dims).find(({ offset, length }) => index >= offset && index < offset + length);
  if (part) return part.name === name ? name : `${name}.${part.name}[${index - part.offset}]`;
  const shape = (op.tensors[name] as TensorSpec).shape(dims);
  let rest = index;
  const at = shape.map((_, axis) => {
    const stride = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
    const position = Math.floor(rest / stride);
    rest -= position * stride;
    return position;
  });
  return `${name}[${at.join(',')}]`;
}
