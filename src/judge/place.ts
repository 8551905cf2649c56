/**
 * Where the wrong elements of a tensor lie, in words. A region is named only if it holds all of them, and if it holds nothing else or is so
 * small that chance would hardly put them all there.
 */
import { extents } from '../catalog/signatures.ts';
import type { AnyOp, Case, TensorSpec, TypedArray } from '../contract/op.ts';
import { paddedBy, tiles } from './dims.ts';

/** The wrong elements of one tensor. */
export interface Elements {
  readonly tensor: string;
  readonly wrong: number;
  readonly of: number;
  /** What they all share: `in the last 3 columns (from N - N % 4 on)`, `NaN`. */
  readonly shared: string | null;
}

interface Axis {
  readonly extent: number;
  /** The extent without padding, and the name of that dim. */
  readonly end: number;
  readonly dim: string;
  /** `row`, `column`, `element`; `index`, in a tensor of more axes, which then also needs ` of T`. */
  readonly noun: string;
  readonly of: string;
}

/** A region of an axis or of two: its words, and how many indices or elements it has. */
interface Region {
  readonly text: string;
  readonly size: number;
}

const unlikely = 0.01;

export function elementsOf(
  {
    op,
    case: { dims },
    tensors,
  }: { readonly op: AnyOp; readonly case: Case; readonly tensors: Readonly<Record<string, TypedArray>> },
  tensor: string,
  wrong: readonly number[],
  got: TypedArray,
): Elements {
  const region = wrong.length === 1 || wrong.length === got.length ? null : regionOf(op, dims, tensor, wrong);
  const value = sameValue(wrong, got, tensors[tensor]);
  const shared = [region === null ? [] : `in ${region}`, value ?? []].flat().join(' and ') || null;
  return { tensor, wrong: wrong.length, of: got.length, shared };
}

/** `17 of 4096 elements of C are wrong, all of them in row 3`. */
export function elementsText({ tensor, wrong, of, shared }: Elements): string {
  if (of === 1) return '';
  if (wrong === 1) return `no other of the ${of} elements of ${tensor} is wrong`;
  if (wrong === of) return `all ${of} elements of ${tensor} are wrong${shared === null ? '' : ` and ${shared}`}`;
  return `${wrong} of ${of} elements of ${tensor} are wrong${shared === null ? '' : `, all of them ${shared}`}`;
}

/** Compares bits with those before the call, since NaN differs from itself. */
function sameValue(wrong: readonly number[], got: TypedArray, before: TypedArray): string | null {
  const [now, then] = [got, before].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  if (wrong.every((i) => now[i] === then[i])) return 'unchanged by the call';
  if (wrong.every((i) => Number.isNaN(got[i]))) return 'NaN';
  return wrong.every((i) => got[i] === 0) ? '0' : null;
}

function regionOf(op: AnyOp, dims: Case['dims'], tensor: string, wrong: readonly number[]): string | null {
  const parts = op.parts?.(tensor, dims) ?? [];
  if (parts.length > 1) {
    const hit = parts.filter(({ offset, length }) => wrong.some((i) => i >= offset && i < offset + length));
    return hit.length <= 3 && hit.length < parts.length ? hit.map(({ name }) => name).join(' and ') : null;
  }
  const axes = axesOf(op, dims, tensor);
  const sizeOf = (some: readonly Axis[]) => some.reduce((product, { extent }) => product * extent, 1);
  const at = axes.map(({ extent }, a) => {
    const stride = sizeOf(axes.slice(a + 1));
    return wrong.map((i) => Math.floor(i / stride) % extent);
  });
  const isTelling = (size: number, of: number) => (size / of) ** (wrong.length - 1) < unlikely;
  const regions = axes.map((axis, a) => smallest(axis, at[a]));
  const isExact = regions.reduce((product, { size }) => product * size, 1) === wrong.length;
  const named = regions.filter(({ size }, a) => size < axes[a].end && (isExact || isTelling(size, axes[a].extent)));
  if (named.length > 0) return named.map(({ text }) => text).join(' and in ');
  const last = axes.slice(-2);
  const border = axes.length < 2 ? null : borderOf(last, at.slice(-2));
  return border && isTelling(border.size, sizeOf(last)) ? border.text : null;
}

function axesOf(op: AnyOp, dims: Case['dims'], tensor: string): Axis[] {
  const spec = op.tensors[tensor] as TensorSpec;
  const names = extents(op, spec);
  const nouns = [[], ['element'], ['row', 'column']][names.length] ?? [];
  return spec.shape(dims).map((extent, a) => {
    const inner = paddedBy(op, names[a]);
    const [dim, end] = inner === null ? [names[a], extent] : [inner, dims[inner]];
    return { extent, end, dim, noun: nouns[a] ?? 'index', of: nouns[a] ? '' : ` of ${dim}` };
  });
}

/** The smallest region of an axis that holds these indices: an interval, or every n-th index. */
function smallest(axis: Axis, at: readonly number[]): Region {
  const { extent, noun, of } = axis;
  const interval = intervalOf(axis, at);
  const n = tiles.findLast((tile) => 2 * tile <= extent && at.every((i) => i % tile === at[0] % tile)) ?? 1;
  const first = at[0] % n;
  const size = Math.ceil((extent - first) / n);
  if (size >= interval.size) return interval;
  return { size, text: `every ${n}${['nd', 'rd'][n - 2] ?? 'th'} ${noun}${of}, from ${first} on` };
}

function intervalOf(axis: Axis, at: readonly number[]): Region {
  const { extent, noun, of } = axis;
  const [low, high] = at.reduce(([low, high], i) => [Math.min(low, i), Math.max(high, i)], [extent, 0]);
  const end = high < axis.end ? axis.end : extent;
  const size = high - low + 1;
  if (low > 0 && high === end - 1) return { size, text: tailText(axis, low, end) };
  const many = noun === 'index' ? 'indices' : `${noun}s`;
  if (size === 1) return { size, text: `${low === 0 ? `the first ${noun}` : `${noun} ${low}`}${of}` };
  return { size, text: low === 0 ? `the first ${size} ${many}${of}` : `${many} ${low} to ${high}${of}` };
}

function tailText({ dim, end: inner, noun, of }: Axis, low: number, end: number): string {
  const size = end - low;
  if (size === 1) return `the last ${noun}${of}`;
  const tile = end === inner ? tiles.find((tile) => end % tile === size) : undefined;
  const from = tile === undefined ? '' : ` (from ${dim} - ${dim} % ${tile} on)`;
  return `the last ${size} ${noun === 'index' ? 'indices' : `${noun}s`}${of}${from}`;
}

/** What tiles leave at the ends of two axes: the last rows or the last columns. The smallest such region; null if there is none. */
function borderOf([rows, columns]: readonly Axis[], [atRow, atColumn]: readonly (readonly number[])[]): Region | null {
  const found = tiles.flatMap((tile) => {
    const row = rows.end - (rows.end % tile);
    const rest = atColumn.filter((_, i) => atRow[i] < row);
    const column = rest.reduce((low, i) => Math.min(low, i), columns.end);
    if (row === 0 || row === rows.end || column === 0 || column >= columns.end || rest.some((i) => i >= columns.end))
      return [];
    const size = rows.end * columns.end - row * column;
    return { size, text: `${tailText(rows, row, rows.end)} or in ${tailText(columns, column, columns.end)}` };
  });
  return found.sort((a, b) => a.size - b.size)[0] ?? null;
}
