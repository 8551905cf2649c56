/**
 * An image: the bytes of one case, composed here and copied into a cell as they are. Inputs are drawn from a seed, outputs
 * hold poison, and the bands between tensors hold noise that must come back untouched.
 */
import { createHash } from 'node:crypto';
import { type Layout, layOut, viewsOf } from '../cell/layout.ts';
import type { AnyOp, Case, TensorSpec, TypedArray } from '../contract/op.ts';
import { makeRng } from '../contract/rng.ts';
import type { CheckName } from './checks.ts';

/** A quiet NaN that arithmetic is unlikely to make by itself. */
export const poison = 0x7fc0dead;

export interface Image {
  readonly layout: Layout;
  readonly bytes: Uint8Array;
  /** Views on `bytes`. */
  readonly tensors: Readonly<Record<string, TypedArray>>;
  /** Rounded to f32, as every party gets them. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** A seed for one purpose of a run, so that each check can be replayed without those before it. */
export function deriveSeed(runSeed: number, ...purpose: (string | number)[]): number {
  return createHash('sha256')
    .update([runSeed, ...purpose].join('|'))
    .digest()
    .readInt32LE(0);
}

function roundedScalars(c: Case): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(c.scalars).map(([name, value]) => [name, Math.fround(value)]));
}

export interface ComposeOptions {
  /** That of another image, for images that follow one another in a case that is already open. */
  readonly layout?: Layout;
  readonly without?: readonly CheckName[];
}

export function compose(
  op: AnyOp,
  c: Case,
  distribution: string,
  seed: number,
  text: Uint8Array,
  { layout: shared, without = [] }: ComposeOptions = {},
): Image {
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
  const scalars = roundedScalars(c);
  op.draw({ dims: c.dims, scalars, tensors, rng, distribution, text, canaries: !without.includes('canary') });
  for (const slot of without.includes('poison') ? [] : layout.slots) {
    if ((op.tensors[slot.name] as TensorSpec).role !== 'out') continue;
    words.fill(poison, slot.offset / 4, slot.offset / 4 + slot.length);
  }
  return { layout, bytes, tensors, scalars };
}

/** Bytes that stand for themselves, in the layout of another image. */
export function imageOf(bytes: Uint8Array, { layout, scalars }: Image): Image {
  return { layout, bytes, tensors: tensorsOf(bytes, layout), scalars };
}

/** The tensors of an image that came back from a cell, whatever its alignment. */
export function tensorsOf(bytes: Uint8Array, layout: Layout): Record<string, TypedArray> {
  return viewsOf(bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(), layout.slots);
}
