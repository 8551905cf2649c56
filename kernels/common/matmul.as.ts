/**
 * out = inp weight^T + bias;  and dinp += dout weight,  dweight += dout^T inp,  dbias += column sums of dout
 *
 * Shapes   inp, dinp (rows,C); weight, dweight (OC,C); bias, dbias (OC); out, dout (rows,OC).
 * Numerics threads share whole tiles of gemm, so that results do not depend on their number.
 * Needs    relaxed SIMD. NR = 16 for the revectorizer, 8 for 128 bits (see gemm.as.ts).
 * Expects  no barrier: what one thread writes, no other reads.
 */
import { add, columnSums } from './columns.as';
import { gemm, gemmBytes } from './gemm.as';
import { share } from './threads.as';
import { MR } from './tile.as';

/** Columns of a panel of B, and floats of a cache line. */
const NB: i32 = 16;

/** Scratch of all threads. */
export function matmulForwardBytes(nthreads: i32, C: i32, OC: i32): i32 {
  return nthreads * <i32>gemmBytes(OC, C);
}

export function matmulForward(
  NR: i32, tid: i32, nthreads: i32, out: usize, inp: usize, weight: usize, bias: usize,
  rows: i32, C: i32, OC: i32, scratch: usize,
): void {
  const panels = scratch + <usize>tid * gemmBytes(OC, C);
  product(NR, tid, nthreads, rows, OC, C, inp, C, false, weight, C, true, out, OC, 0, panels, bias);
}

/** Scratch of one thread in the backward pass: panels of either product. */
function ownBytes(rows: i32, C: i32, OC: i32): usize {
  return max(gemmBytes(C, OC), gemmBytes(C, rows));
}

/** Scratch of all threads: their own, and the column sums. */
export function matmulBackwardBytes(nthreads: i32, rows: i32, C: i32, OC: i32): i32 {
  return nthreads * <i32>ownBytes(rows, C, OC) + (OC << 2);
}

export function matmulBackward(
  NR: i32, tid: i32, nthreads: i32, dinp: usize, dweight: usize, dbias: usize, dout: usize, inp: usize, weight: usize,
  rows: i32, C: i32, OC: i32, scratch: usize,
): void {
  const own = ownBytes(rows, C, OC);
  const panels = scratch + <usize>tid * own, sums = scratch + <usize>nthreads * own;
  product(NR, tid, nthreads, rows, C, OC, dout, OC, false, weight, C, false, dinp, C, 1, panels);
  product(NR, tid, nthreads, OC, C, rows, dout, OC, true, inp, C, false, dweight, C, 1, panels);
  const lo = share(OC, NB, tid, nthreads), hi = share(OC, NB, tid + 1, nthreads);
  columnSums(sums, dout, rows, OC, lo, hi);
  add(dbias + (lo << 2), dbias + (lo << 2), sums + (lo << 2), hi - lo);
}

/**
 * C = op(A) op(B) + beta C (or + bias), (M,N), shared along the longer side: every thread packs all of the operand that
 * belongs to the other one.
 */
function product(
  NR: i32, tid: i32, nthreads: i32, M: i32, N: i32, K: i32,
  A: usize, lda: i32, transA: bool, B: usize, ldb: i32, transB: bool, C: usize, ldc: i32,
  beta: f32, panels: usize, bias: usize = 0,
): void {
  if (M >= N) {
    const lo = share(M, MR, tid, nthreads), hi = share(M, MR, tid + 1, nthreads);
    gemm(NR, lo, hi, N, K, A, lda, transA, B, ldb, transB, C, ldc, 1, beta, panels, bias);
    return;
  }
  const lo = share(N, NB, tid, nthreads), hi = share(N, NB, tid + 1, nthreads);
  const skip = <usize>lo << 2;
  const columns = B + (transB ? skip * ldb : skip);
  const start = bias ? bias + skip : 0;
  gemm(NR, 0, M, hi - lo, K, A, lda, transA, columns, ldb, transB, C + skip, ldc, 1, beta, panels, start);
}
