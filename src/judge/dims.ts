/** What the cases of an op tell of its dims. */
import type { AnyOp, Case } from '../contract/op.ts';

/** Tiles and vectors that kernels are written with. */
export const tiles: readonly number[] = [2, 3, 4, 6, 8, 12, 16, 32];

/** Maximum number of unseen shapes of an op in a run (unseen.ts). It stands here for the command line, which loads no more than it needs. */
export const maxUnseen = 20;

const allCases = (op: AnyOp): readonly Case[] => [...op.cases, ...op.edges];

/** Whether a dim is 0 or 1 in every case. */
export const isFlag = (op: AnyOp, dim: string): boolean => allCases(op).every(({ dims }) => dims[dim] >> 1 === 0);

/** Whether the work depends on a dim: not on flags, and not on leading dimensions. */
export function isSize(op: AnyOp, dim: string): boolean {
  const [{ dims }] = op.cases;
  return !isFlag(op, dim) && op.flop({ ...dims, [dim]: dims[dim] + 1 }) !== op.flop(dims);
}

/** The dim that a leading dimension pads in all cases: `N` for `ldc`. Null if there is none. */
export function paddedBy(op: AnyOp, dim: string): string | null {
  if (!op.dims.includes(dim) || isFlag(op, dim) || isSize(op, dim)) return null;
  const fits = (inner: string) => inner !== dim && allCases(op).every(({ dims }) => dims[inner] <= dims[dim]);
  const touches = (inner: string) => allCases(op).some(({ dims }) => dims[inner] > 1 && dims[inner] === dims[dim]);
  return op.dims.find((inner: string) => fits(inner) && touches(inner)) ?? null;
}
