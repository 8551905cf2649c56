/** An image: the bytes of one case, composed in the parent (compose.ts) and copied into a cell as they are. */
import { type Layout, viewsOf } from '../cell/layout.ts';
import type { AnyOp, Case, TensorSpec, TypedArray } from '../contract/op.ts';
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

/** An image with other bytes. */
export function imageOf(bytes: Uint8Array, image: Image): Image {
  return { ...image, bytes, tensors: tensorsOf(bytes, image.layout) };
}

/** Bytes that came back from a cell may be unaligned: then a copy, which is not. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 4 === 0 ? bytes : bytes.slice());

/** The tensors of bytes that came back from a cell. */
export function tensorsOf(bytes: Uint8Array, layout: Layout): Record<string, TypedArray> {
  return viewsOf(aligned(bytes), layout.slots);
}

/** Whether both hold the same bytes from `start` to `end`, which are multiples of four. */
export function sameBytes(a: Uint8Array, b: Uint8Array, start = 0, end = a.length): boolean {
  if (end > b.length) return false;
  const [left, right] = [a, b].map((bytes) => wordsOf(bytes.subarray(start, end)));
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = aligned(bytes);
  return new Int32Array(buffer, byteOffset, length / 4);
}
