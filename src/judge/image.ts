/**
 * An image: the bytes of one case, composed here and copied into a cell as they are. Inputs are drawn from a seed, outputs hold poison,
 * and the guard bands between tensors hold noise that must come back unchanged.
 */
import { type Layout, layOut, viewsOf } from '../cell/layout.ts';
import type { AnyOp, Case, TensorSpec, TypedArray } from '../contract/op.ts';
import { makeRng } from '../contract/rng.ts';
import type { CheckName } from './checks.ts';

/** A quiet NaN that arithmetic is unlikely to produce. */
export const poison = 0x7fc0dead;

export interface Drawing {
  readonly op: AnyOp;
  readonly case: Case;
  readonly distribution: string;
  /** Bytes that `tokens` are taken from. */
  readonly text: Uint8Array;
  /** Checks that a test leaves out. */
  readonly without?: readonly CheckName[];
}

export interface Image extends Drawing {
  readonly layout: Layout;
  readonly bytes: Uint8Array;
  /** Views on `bytes`. */
  readonly tensors: Readonly<Record<string, TypedArray>>;
  /** Rounded to f32, as the oracle, the baseline and candidates get them. */
  readonly scalars: Readonly<Record<string, number>>;
}

export function roleOf({ op }: Pick<Image, 'op'>, tensor: string): TensorSpec['role'] {
  return (op.tensors[tensor] as TensorSpec).role;
}

/** Draws an image. Images for a case that a cell has open must share the layout that it was opened with. */
export function compose(drawing: Drawing, seed: number, shared?: Layout): Image {
  const { op, case: c, distribution, text, without = [] } = drawing;
  const rng = makeRng(seed);
  const own = layOut(op, c.dims, rng.fork());
  const layout = shared ?? own;
  const words = new Int32Array(layout.bytes / 4);
  const bytes = new Uint8Array(words.buffer);
  const noise = rng.fork();
  let end = 0;
  for (const { offset, length } of [...layout.slots, { offset: layout.bytes, length: 0 }]) {
    for (let i = end / 4; i < offset / 4; i++) words[i] = noise.bits();
    end = offset + 4 * length;
  }
  const tensors = viewsOf(bytes, layout.slots);
  const scalars = Object.fromEntries(Object.entries(c.scalars).map(([name, value]) => [name, Math.fround(value)]));
  op.draw({ dims: c.dims, scalars, tensors, rng, distribution, text, canaries: !without.includes('canary') });
  const poisoned = without.includes('poison') ? [] : layout.slots.filter(({ name }) => roleOf(drawing, name) === 'out');
  for (const { offset, length } of poisoned) words.fill(poison, offset / 4, offset / 4 + length);
  return { ...drawing, layout, bytes, tensors, scalars };
}

/** An image with other bytes. */
export function imageOf(bytes: Uint8Array, image: Image): Image {
  return { ...image, bytes, tensors: tensorsOf(bytes, image.layout) };
}

/** The tensors of bytes that came back from a cell, which may be unaligned. */
export function tensorsOf(bytes: Uint8Array, layout: Layout): Record<string, TypedArray> {
  return viewsOf(bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(), layout.slots);
}

/** Whether both hold the same bytes from `start` to `end`. */
export function sameBytes(a: Uint8Array, b: Uint8Array, start = 0, end = a.length): boolean {
  if (end > b.length) return false;
  const aligned = (a.byteOffset | b.byteOffset | start | end) % 4 === 0;
  const partOf = ({ buffer, byteOffset }: Uint8Array) =>
    aligned
      ? new Int32Array(buffer, byteOffset + start, (end - start) / 4)
      : new Uint8Array(buffer, byteOffset + start, end - start);
  const [left, right] = [partOf(a), partOf(b)];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
