/** A variant - baseline, candidate or peer - and what its cell needs to know to open a case. */

import type { AnyOp, Case } from '../contract/op.ts';
import { threadsOf, type Variant } from '../contract/variant.ts';
import type { Layout } from './layout.ts';
import type { Opening } from './protocol.ts';

export async function openingOf(
  op: AnyOp,
  c: Case,
  scalars: Readonly<Record<string, number>>,
  layout: Layout,
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
