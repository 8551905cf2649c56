/** The bytes of calls: whole images, or for an op that carries state the batch alone, since the state stays in the arena. */
import type { Call, Range, Write } from '../cell/protocol.ts';
import type { TypedArray } from '../contract/op.ts';
import { type Image, poison, roleOf } from './image.ts';

/** What is new in each call of an op that carries state: all tensors but the carried ones. */
export type Batch = Readonly<Record<string, TypedArray>>;

export function batchOf({ op, tensors }: Image): Batch {
  const names = op.carries ? Object.keys(op.tensors).filter((name) => !op.carries?.includes(name)) : [];
  return Object.fromEntries(names.map((name) => [name, tensors[name].slice()]));
}

/** Puts a batch in place, and poison into its outputs. */
export function writesOf(image: Image, batch: Batch): Write[] {
  return image.layout.slots
    .filter(({ name }) => name in batch)
    .map(({ name, offset }) => {
      const words = new Int32Array(batch[name].slice().buffer);
      if (roleOf(image, name) === 'out') words.fill(poison);
      return { offset, bytes: new Uint8Array(words.buffer) };
    });
}

export const fullImage = (image: Image): Range[] => [{ offset: 0, length: image.bytes.length }];

/** A call on all bytes of an image. By default it hands back the whole arena. */
export const callOn = (image: Image, reads = fullImage(image)): Call => ({
  writes: [{ offset: 0, bytes: image.bytes }],
  reads,
});

export function outputs(image: Image): Range[] {
  return image.layout.slots
    .filter(({ name }) => roleOf(image, name) === 'out')
    .map(({ offset, length }) => ({ offset, length: 4 * length }));
}

/** The arena's bytes before a call: what the call before left, with this call's writes over it. */
export function overwritten(left: Uint8Array, writes: readonly Write[]): Uint8Array {
  const bytes = left.slice();
  for (const write of writes) bytes.set(write.bytes, write.offset);
  return bytes;
}
