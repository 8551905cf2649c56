/** What is written before a call and read after it, where only a part of the arena is new: the calls of ops that carry state. */
import type { Range, Write } from '../cell/protocol.ts';
import type { AnyOp, TensorSpec, TypedArray } from '../contract/op.ts';
import { type Image, poison } from './image.ts';

/** What is new in each call of an op that carries state: every tensor but the carried ones. */
export type Batch = Readonly<Record<string, TypedArray>>;

export function batchOf(op: AnyOp, image: Image): Batch {
  const names = op.carries ? Object.keys(op.tensors).filter((name) => !op.carries?.includes(name)) : [];
  return Object.fromEntries(names.map((name) => [name, image.tensors[name].slice()]));
}

/** Outputs are poisoned. */
export function writesOf(op: AnyOp, { layout }: Image, batch: Batch): Write[] {
  return layout.slots
    .filter(({ name }) => name in batch)
    .map(({ name, offset }) => {
      const words = new Int32Array(batch[name].slice().buffer);
      if ((op.tensors[name] as TensorSpec).role === 'out') words.fill(poison);
      return { offset, bytes: new Uint8Array(words.buffer) };
    });
}

export const whole = (image: Image): Range[] => [{ offset: 0, length: image.bytes.length }];

export function outputs(op: AnyOp, { layout }: Image): Range[] {
  return layout.slots
    .filter(({ name }) => (op.tensors[name] as TensorSpec).role === 'out')
    .map(({ offset, length }) => ({ offset, length: 4 * length }));
}

/** The bytes of the arena before a call that writes over what the call before has left. */
export function overwritten(left: Uint8Array, writes: readonly Write[]): Uint8Array {
  const bytes = left.slice();
  for (const write of writes) bytes.set(write.bytes, write.offset);
  return bytes;
}
