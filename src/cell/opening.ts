/** A variant - baseline, candidate or peer - and what its cell needs to know to open a case. */
import type { AnyOp, Case } from '../contract/op.ts';
import type { Layout } from './layout.ts';
import type { Artifact, Opening } from './protocol.ts';

export interface Variant {
  readonly id: string;
  /** What names it on the command line, where that is not its id: a path. */
  readonly selector?: string;
  readonly flags: readonly string[];
  /** Whether it can use more than one thread. */
  readonly threads: 'one' | 'any';
  /** A call of it costs about what one of the baseline does, and it gets no more of them. */
  readonly dear?: boolean;
  /** Peers load a library and need more than their own bytes. */
  readonly trusted?: boolean;
  /** Its artifact calls `mark`: a profile build. */
  readonly marks?: boolean;
  artifact(dims: Readonly<Record<string, number>>, threads?: number): Promise<Artifact>;
}

export function threadsOf(variant: Variant, available: number): number {
  return variant.threads === 'any' ? available : 1;
}

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
