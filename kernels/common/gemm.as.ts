/**
 * C = alpha * op(A) * op(B) + beta * C, rows lo..hi of C only; packed panels, 6x16 register tile.
 *
 *   for each 16 columns: Bp[k][0..15] = op(B)[k, j..j+15]
 *   for each 6 rows:     Ap[k][0..5]  = op(A)[i..i+5, k];  C[i..i+5, j..j+15] = sum over k of Ap[k] x Bp[k]
 *
 * Shapes   row-major, leading dimensions in elements; C (M,N), op(A) (M,K), op(B) (K,N). Threads share the rows, lo a
 *          multiple of MR.
 * Numerics one accumulator for each element, fused multiply-add in order of k, whatever the number of threads. beta = 0
 *          does not read C, alpha = 0 reads neither A nor B. Whole tiles with alpha = 1 and beta 0 or 1 start from C, a
 *          bias or zero and are stored straight into C; all others go through a tile in scratch.
 * Needs    relaxed SIMD. NR = 16 wants 256-bit registers, that is the revectorizer; NR = 8 does the left and the right
 *          half of the tile one after the other, which is what 16 registers of 128 bits hold.
 * Expects  K small enough for 16 K floats to stay in L1 (K up to about 500); there is no cache blocking.
 * Source   Goto and van de Geijn 2008; BLIS for the panels.
 */
import { packA, packB } from './pack.as';
import { MR, tile6x8, tile6x16 } from './tile.as';

/** Which part of a product is wanted, or not zero: the causal mask of attention skips work by whole panels. */
export const FULL: i32 = 0;
/** C is wanted on and below the diagonal. */
export const LOWER_C: i32 = 1;
/** op(A) is zero above the diagonal (in each panel of 6 rows it is read as far as the panel's last row). */
export const LOWER_A: i32 = 2;
/** op(A) is zero below the diagonal. */
export const UPPER_A: i32 = 3;

const NB: i32 = 16;
/** A row of zeros, then one tile. */
const TILE_BYTES: usize = 64 + 4 * 6 * 16;

/** Scratch of one thread. */
export function gemmBytes(N: i32, K: i32): usize {
  const columns = ((N + NB - 1) / NB) * NB;
  return TILE_BYTES + ((<usize>K * 24 + 63) & ~63) + <usize>columns * K * 4;
}

export function gemm(
  NR: i32, lo: i32, hi: i32, N: i32, K: i32,
  A: usize, lda: i32, transA: bool, B: usize, ldb: i32, transB: bool, C: usize, ldc: i32,
  alpha: f32, beta: f32, scratch: usize, bias: usize = 0, shape: i32 = FULL,
): void {
  if (lo >= hi || N == 0) return;
  if (alpha == 0) K = 0;
  const direct = alpha == 1 && (beta == 0 || beta == 1);
  const tile = scratch + 64;
  const Ap = scratch + TILE_BYTES;
  const Bp = Ap + ((<usize>K * 24 + 63) & ~63);
  const panel = <usize>K * (NB * 4);
  const rowBytes = <usize>ldc * 4;
  memory.fill(scratch, 0, 64);

  const columns = shape == LOWER_C ? min(N, hi) : N;
  for (let j = 0, to = Bp; j < columns; j += NB, to += panel) packB(B, ldb, transB, j, min(NB, N - j), K, to);

  for (let i = lo; i < hi; i += MR) {
    const mr = min(MR, hi - i);
    const k0 = shape == UPPER_A ? min(i, K) : 0;
    const k1 = shape == LOWER_A ? min(i + MR, K) : K;
    const wanted = shape == LOWER_C ? min(columns, i + MR) : N;
    packA(A, lda, transA, i, mr, k0, k1, Ap);
    let from = Bp + <usize>k0 * (NB * 4);
    for (let j = 0; j < wanted; j += NB, from += panel) {
      const nr = min(NB, N - j);
      const to = C + <usize>i * rowBytes + <usize>j * 4;
      if (direct && mr == MR && nr == NB) {
        const start = bias ? bias + <usize>j * 4 : beta == 1 ? to : scratch;
        const step: usize = !bias && beta == 1 ? rowBytes : 0;
        if (NR == 16) tile6x16(Ap, from, k1 - k0, start, step, to, rowBytes);
        else {
          tile6x8(Ap, from, k1 - k0, start, step, to, rowBytes);
          tile6x8(Ap, from + 32, k1 - k0, start + (start == scratch ? 0 : 32), step, to + 32, rowBytes);
        }
      } else {
        if (NR == 16) tile6x16(Ap, from, k1 - k0, scratch, 0, tile, 64);
        else {
          tile6x8(Ap, from, k1 - k0, scratch, 0, tile, 64);
          if (nr > 8) tile6x8(Ap, from + 32, k1 - k0, scratch, 0, tile + 32, 64);
        }
        merge(tile, to, rowBytes, mr, nr, alpha, beta, bias ? bias + <usize>j * 4 : 0);
      }
    }
  }
}

/** C = alpha * tile + beta * C (or + bias), on the mr x nr elements that exist. */
function merge(tile: usize, C: usize, rowBytes: usize, mr: i32, nr: i32, alpha: f32, beta: f32, bias: usize): void {
  for (let i = 0; i < mr; i++, tile += 64, C += rowBytes) {
    for (let x: usize = 0, end = <usize>nr * 4; x < end; x += 4) {
      const sum = alpha * load<f32>(tile + x);
      const before: f32 = bias ? load<f32>(bias + x) : beta == 0 ? 0 : beta * load<f32>(C + x);
      store<f32>(C + x, sum + before);
    }
  }
}
