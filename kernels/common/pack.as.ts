/**
 * Panels for gemm: Ap[k][0..5] = op(A)[i + 0..5, k0 + k], and Bp[k][0..15] = op(B)[k, j + 0..15].
 *
 * Shapes   rows of A and columns of B that do not exist are zero or repeat the last one that does: what they give is
 *          dropped.
 * Expects  a copy where the stored rows run along the panel's own direction, 4x4 transposes in registers where across.
 * Source   BLIS, packm.
 */
import { MR } from './tile.as';

/** Two rows of v128, a and b, interleaved: (a0 b0 a1 b1) and (a2 b2 a3 b3). */
// @ts-ignore: decorator
@inline function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}
// @ts-ignore: decorator
@inline function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}
/** The first, or second, pairs of a and b. */
// @ts-ignore: decorator
@inline function firsts(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}
// @ts-ignore: decorator
@inline function seconds(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 3, 6, 7);
}

export function packA(A: usize, lda: i32, trans: bool, i: i32, mr: i32, k0: i32, k1: i32, to: usize): void {
  const row = <usize>lda * 4;
  if (trans) {
    let from = A + <usize>k0 * row + <usize>i * 4;
    if (mr == MR) {
      for (let k = k0; k < k1; k++, from += row, to += 24) {
        v128.store(to, v128.load(from));
        store<u64>(to, load<u64>(from, 16), 16);
      }
      return;
    }
    for (let k = k0; k < k1; k++, from += row, to += 24) {
      for (let r = 0; r < MR; r++) store<f32>(to + (r << 2), load<f32>(from + (min(r, mr - 1) << 2)));
    }
    return;
  }
  const r0 = A + <usize>i * row + <usize>k0 * 4;
  const r1 = r0 + row * min(1, mr - 1);
  const r2 = r0 + row * min(2, mr - 1);
  const r3 = r0 + row * min(3, mr - 1);
  const r4 = r0 + row * min(4, mr - 1);
  const r5 = r0 + row * min(5, mr - 1);
  let x: usize = 0;
  const end = <usize>(k1 - k0) * 4;
  for (; x + 16 <= end; x += 16, to += 96) {
    const a = v128.load(r0 + x), b = v128.load(r1 + x), c = v128.load(r2 + x), d = v128.load(r3 + x);
    const e = v128.load(r4 + x), f = v128.load(r5 + x);
    const ab = zipLow(a, b), cd = zipLow(c, d), ef = zipLow(e, f);
    const AB = zipHigh(a, b), CD = zipHigh(c, d), EF = zipHigh(e, f);
    v128.store(to, firsts(ab, cd));
    v128.store_lane<u64>(to, ef, 0, 16);
    v128.store(to, seconds(ab, cd), 24);
    v128.store_lane<u64>(to, ef, 1, 40);
    v128.store(to, firsts(AB, CD), 48);
    v128.store_lane<u64>(to, EF, 0, 64);
    v128.store(to, seconds(AB, CD), 72);
    v128.store_lane<u64>(to, EF, 1, 88);
  }
  for (; x < end; x += 4, to += 24) {
    store<f32>(to, load<f32>(r0 + x));
    store<f32>(to, load<f32>(r1 + x), 4);
    store<f32>(to, load<f32>(r2 + x), 8);
    store<f32>(to, load<f32>(r3 + x), 12);
    store<f32>(to, load<f32>(r4 + x), 16);
    store<f32>(to, load<f32>(r5 + x), 20);
  }
}

export function packB(B: usize, ldb: i32, trans: bool, j: i32, nr: i32, K: i32, to: usize): void {
  const row = <usize>ldb * 4;
  if (trans) {
    for (let g = 0; g < 16; g += 4) packColumns(B + <usize>j * row, row, g, nr, K, to + (g << 2));
    return;
  }
  let from = B + <usize>j * 4;
  if (nr == 16) {
    for (let k = 0; k < K; k++, from += row, to += 64) {
      const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
      v128.store(to, d, 48);
      v128.store(to, c, 32);
      v128.store(to, b, 16);
      v128.store(to, a);
    }
    return;
  }
  for (let k = 0; k < K; k++, from += row, to += 64) {
    for (let c = 0; c < 16; c++) store<f32>(to + (c << 2), c < nr ? load<f32>(from + (c << 2)) : 0);
  }
}

/** Four stored rows g..g+3, turned into four columns of a panel. */
function packColumns(B: usize, row: usize, g: i32, nr: i32, K: i32, to: usize): void {
  const r0 = B + row * min(g, nr - 1);
  const r1 = B + row * min(g + 1, nr - 1);
  const r2 = B + row * min(g + 2, nr - 1);
  const r3 = B + row * min(g + 3, nr - 1);
  let x: usize = 0;
  const end = <usize>K * 4;
  for (; x + 16 <= end; x += 16, to += 256) {
    const a = v128.load(r0 + x), b = v128.load(r1 + x), c = v128.load(r2 + x), d = v128.load(r3 + x);
    const ab = zipLow(a, b), cd = zipLow(c, d), AB = zipHigh(a, b), CD = zipHigh(c, d);
    v128.store(to, firsts(ab, cd));
    v128.store(to, seconds(ab, cd), 64);
    v128.store(to, firsts(AB, CD), 128);
    v128.store(to, seconds(AB, CD), 192);
  }
  for (; x < end; x += 4, to += 64) {
    store<f32>(to, load<f32>(r0 + x));
    store<f32>(to, load<f32>(r1 + x), 4);
    store<f32>(to, load<f32>(r2 + x), 8);
    store<f32>(to, load<f32>(r3 + x), 12);
  }
}
