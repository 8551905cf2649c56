/**
 * Where the tensors of a case lie: 64-byte aligned, with guard bands of random width between them, so that neither the alignment to a
 * page nor the neighbour's address is the same twice. An image is these bytes, as the parent composes and inspects them.
 */
import { type AnyOp, lengthOf, type TensorSpec, type TypedArray } from '../contract/op.ts';
import type { Rng } from '../contract/rng.ts';
import type { Slot } from './protocol.ts';

const guardBytes = 256;

export interface Layout {
  readonly slots: readonly Slot[];
  /** Size of the image. */
  readonly bytes: number;
}

export function layOut(op: AnyOp, dims: Readonly<Record<string, number>>, rng: Rng): Layout {
  const slots: Slot[] = [];
  let offset = 0;
  for (const [name, spec] of Object.entries<TensorSpec>(op.tensors)) {
    offset += guardBytes + 64 * rng.int(0, 63);
    const length = lengthOf(spec, dims);
    slots.push({ name, dtype: spec.dtype, offset, length });
    offset = Math.ceil((offset + 4 * length) / 64) * 64;
  }
  return { slots, bytes: offset + guardBytes };
}

/** Typed views on the tensors of an image, by name. */
export function viewsOf({ buffer, byteOffset }: Uint8Array, slots: readonly Slot[]): Record<string, TypedArray> {
  const view = ({ dtype, offset, length }: Slot) =>
    new (dtype === 'f32' ? Float32Array : Int32Array)(buffer as ArrayBuffer, byteOffset + offset, length);
  return Object.fromEntries(slots.map((slot) => [slot.name, view(slot)]));
}

/** The bytes between tensors, as [from, to) stretches. */
export function guardsOf({ slots, bytes }: Layout): readonly (readonly [number, number])[] {
  const ends = [0, ...slots.map((slot) => slot.offset + 4 * slot.length)];
  const starts = [...slots.map((slot) => slot.offset), bytes];
  return ends.map((end, i) => [end, starts[i]] as const);
}
