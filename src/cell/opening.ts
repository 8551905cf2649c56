/** What a cell is told of a case and a variant to open it. */
import type { AnyOp, Case } from '../contract/op.ts';
import { threadsOf, type Variant } from '../contract/variant.ts';
import type { Layout } from './layout.ts';
import type { Opening } from './protocol.ts';

/** The part of an image (judge/image.ts) that a cell is told. */
export interface Opened {
  readonly op: AnyOp;
  readonly case: Case;
  readonly scalars: Readonly<Record<string, number>>;
  readonly layout: Layout;
  readonly bytes: Uint8Array;
}

/** `threads`: for a variant that can use more than one. Throws CandidateError for a variant that does not build. */
export async function openingOf(
  { op, case: c, scalars, layout }: Opened,
  variant: Variant,
  threads: number,
): Promise<Opening> {
  const used = threadsOf(variant, threads);
  return {
    artifact: await variant.artifact(c.dims, used),
    op: op.name,
    dims: Object.fromEntries(op.dims.map((dim) => [dim, c.dims[dim]])),
    scalars: Object.fromEntries(op.scalars.map((scalar) => [scalar, scalars[scalar]])),
    slots: layout.slots,
    bytes: layout.bytes,
    threads: used,
    marks: variant.marks,
  };
}
