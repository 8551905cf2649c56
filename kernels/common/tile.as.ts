/**
 * C[0..5][0..15] = start + sum over k of Ap[k][0..5] x Bp[k][0..15], one rank-1 update a step, all of C in registers.
 *
 * Shapes   Ap (K,6); Bp (K,16); start and C: 6 rows, `step` and `rowBytes` bytes apart (step 0: all rows start alike).
 * Needs    relaxed SIMD for the fused multiply-add, see fma.as.ts. V8's revectorizer packs the 6x16 tile into 12
 *          accumulators of 256 bits: it looks for stores in adjacent pairs, with every load before the first store, and
 *          the upper half of each pair first (else the lower one is stored twice).
 * Expects  6x16: 12 of 16 registers at 256 bits, 24 at 128 bits, which spills. 6x8: 12 of 16 at 128 bits.
 * Source   BLIS, the haswell sgemm micro-kernel (6x16).
 */
import { fma } from './fma.as';

export const MR: i32 = 6;

export function tile6x16(Ap: usize, Bp: usize, K: i32, start: usize, step: usize, C: usize, rowBytes: usize): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16), c02 = v128.load(start, 32), c03 = v128.load(start, 48);
  start += step;
  let c10 = v128.load(start), c11 = v128.load(start, 16), c12 = v128.load(start, 32), c13 = v128.load(start, 48);
  start += step;
  let c20 = v128.load(start), c21 = v128.load(start, 16), c22 = v128.load(start, 32), c23 = v128.load(start, 48);
  start += step;
  let c30 = v128.load(start), c31 = v128.load(start, 16), c32 = v128.load(start, 32), c33 = v128.load(start, 48);
  start += step;
  let c40 = v128.load(start), c41 = v128.load(start, 16), c42 = v128.load(start, 32), c43 = v128.load(start, 48);
  start += step;
  let c50 = v128.load(start), c51 = v128.load(start, 16), c52 = v128.load(start, 32), c53 = v128.load(start, 48);
  for (let end = Ap + <usize>K * 24; Ap < end; Ap += 24, Bp += 64) {
    const b0 = v128.load(Bp), b1 = v128.load(Bp, 16), b2 = v128.load(Bp, 32), b3 = v128.load(Bp, 48);
    let a = v128.load_splat<f32>(Ap);
    c00 = fma(a, b0, c00);
    c01 = fma(a, b1, c01);
    c02 = fma(a, b2, c02);
    c03 = fma(a, b3, c03);
    a = v128.load_splat<f32>(Ap, 4);
    c10 = fma(a, b0, c10);
    c11 = fma(a, b1, c11);
    c12 = fma(a, b2, c12);
    c13 = fma(a, b3, c13);
    a = v128.load_splat<f32>(Ap, 8);
    c20 = fma(a, b0, c20);
    c21 = fma(a, b1, c21);
    c22 = fma(a, b2, c22);
    c23 = fma(a, b3, c23);
    a = v128.load_splat<f32>(Ap, 12);
    c30 = fma(a, b0, c30);
    c31 = fma(a, b1, c31);
    c32 = fma(a, b2, c32);
    c33 = fma(a, b3, c33);
    a = v128.load_splat<f32>(Ap, 16);
    c40 = fma(a, b0, c40);
    c41 = fma(a, b1, c41);
    c42 = fma(a, b2, c42);
    c43 = fma(a, b3, c43);
    a = v128.load_splat<f32>(Ap, 20);
    c50 = fma(a, b0, c50);
    c51 = fma(a, b1, c51);
    c52 = fma(a, b2, c52);
    c53 = fma(a, b3, c53);
  }
  v128.store(C, c03, 48);
  v128.store(C, c02, 32);
  v128.store(C, c01, 16);
  v128.store(C, c00);
  C += rowBytes;
  v128.store(C, c13, 48);
  v128.store(C, c12, 32);
  v128.store(C, c11, 16);
  v128.store(C, c10);
  C += rowBytes;
  v128.store(C, c23, 48);
  v128.store(C, c22, 32);
  v128.store(C, c21, 16);
  v128.store(C, c20);
  C += rowBytes;
  v128.store(C, c33, 48);
  v128.store(C, c32, 32);
  v128.store(C, c31, 16);
  v128.store(C, c30);
  C += rowBytes;
  v128.store(C, c43, 48);
  v128.store(C, c42, 32);
  v128.store(C, c41, 16);
  v128.store(C, c40);
  C += rowBytes;
  v128.store(C, c53, 48);
  v128.store(C, c52, 32);
  v128.store(C, c51, 16);
  v128.store(C, c50);
}

/** The left half of the tile; Bp + 32 for the right one. */
export function tile6x8(Ap: usize, Bp: usize, K: i32, start: usize, step: usize, C: usize, rowBytes: usize): void {
  if (isDefined(MULTIPLY_THEN_ADD)) {
    tile3x8(Ap, Bp, K, start, step, C, rowBytes);
    tile3x8(Ap + 12, Bp, K, start + 3 * step, step, C + 3 * rowBytes, rowBytes);
    return;
  }
  let c00 = v128.load(start), c01 = v128.load(start, 16);
  start += step;
  let c10 = v128.load(start), c11 = v128.load(start, 16);
  start += step;
  let c20 = v128.load(start), c21 = v128.load(start, 16);
  start += step;
  let c30 = v128.load(start), c31 = v128.load(start, 16);
  start += step;
  let c40 = v128.load(start), c41 = v128.load(start, 16);
  start += step;
  let c50 = v128.load(start), c51 = v128.load(start, 16);
  for (let end = Ap + <usize>K * 24; Ap < end; Ap += 24, Bp += 64) {
    const b0 = v128.load(Bp), b1 = v128.load(Bp, 16);
    let a = v128.load_splat<f32>(Ap);
    c00 = fma(a, b0, c00);
    c01 = fma(a, b1, c01);
    a = v128.load_splat<f32>(Ap, 4);
    c10 = fma(a, b0, c10);
    c11 = fma(a, b1, c11);
    a = v128.load_splat<f32>(Ap, 8);
    c20 = fma(a, b0, c20);
    c21 = fma(a, b1, c21);
    a = v128.load_splat<f32>(Ap, 12);
    c30 = fma(a, b0, c30);
    c31 = fma(a, b1, c31);
    a = v128.load_splat<f32>(Ap, 16);
    c40 = fma(a, b0, c40);
    c41 = fma(a, b1, c41);
    a = v128.load_splat<f32>(Ap, 20);
    c50 = fma(a, b0, c50);
    c51 = fma(a, b1, c51);
  }
  v128.store(C, c00);
  v128.store(C, c01, 16);
  C += rowBytes;
  v128.store(C, c10);
  v128.store(C, c11, 16);
  C += rowBytes;
  v128.store(C, c20);
  v128.store(C, c21, 16);
  C += rowBytes;
  v128.store(C, c30);
  v128.store(C, c31, 16);
  C += rowBytes;
  v128.store(C, c40);
  v128.store(C, c41, 16);
  C += rowBytes;
  v128.store(C, c50);
  v128.store(C, c51, 16);
}

/** Three rows of the six: where each product takes a register, the whole tile would spill. */
function tile3x8(Ap: usize, Bp: usize, K: i32, start: usize, step: usize, C: usize, rowBytes: usize): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16);
  start += step;
  let c10 = v128.load(start), c11 = v128.load(start, 16);
  start += step;
  let c20 = v128.load(start), c21 = v128.load(start, 16);
  for (let end = Ap + <usize>K * 24; Ap < end; Ap += 24, Bp += 64) {
    const b0 = v128.load(Bp), b1 = v128.load(Bp, 16);
    let a = v128.load_splat<f32>(Ap);
    c00 = fma(a, b0, c00);
    c01 = fma(a, b1, c01);
    a = v128.load_splat<f32>(Ap, 4);
    c10 = fma(a, b0, c10);
    c11 = fma(a, b1, c11);
    a = v128.load_splat<f32>(Ap, 8);
    c20 = fma(a, b0, c20);
    c21 = fma(a, b1, c21);
  }
  v128.store(C, c00);
  v128.store(C, c01, 16);
  C += rowBytes;
  v128.store(C, c10);
  v128.store(C, c11, 16);
  C += rowBytes;
  v128.store(C, c20);
  v128.store(C, c21, 16);
}
