/**
 * Attention of all heads, a head at a time through gemm; threads take every nthreads-th head.
 *
 *   forward   out = att v,  att = softmax(q k^T / sqrt(hs)), causal
 *   backward  datt = dout v^T;  dv += att^T dout;  dpre = att (datt - sum of att datt) / sqrt(hs);
 *             dq += dpre k;  dk += dpre^T q
 *
 * Shapes   inp, dinp (B,T,3,NH,hs), which is q, k, v; out, dout (B,T,NH,hs); att (B,NH,T,T).
 * Expects  T a multiple of 16: then rows of att are whole vectors and panels, and it is worked on where it lies. Else a
 *          head's att goes through scratch, in rows of paddedT(T).
 * Source   Vaswani et al. 2017, arXiv:1706.03762; layout as in llm.c.
 */
import { attentionForward, paddedT } from './attention.as';
import { gemm, gemmBytes, LOWER_A, LOWER_C, UPPER_A } from './gemm.as';
import { sqrt1 } from './math.as';
import { softmaxRowBackward } from './softmax.as';
import { MR } from './tile.as';

// @ts-ignore: decorator
@inline function panelBytes(T: i32, hs: i32): usize {
  return max(gemmBytes(T, hs), gemmBytes(hs, T));
}

/** One head's att, or datt, in padded rows. */
// @ts-ignore: decorator
@inline function squareBytes(T: i32): usize {
  return <usize>(T * paddedT(T)) << 2;
}

/** Byte offset of row 0 of a head in an array of `parts` C floats a row. */
// @ts-ignore: decorator
@inline function headOffset(head: i32, T: i32, C: i32, NH: i32, parts: i32): usize {
  return <usize>((head / NH) * T * parts * C + (head % NH) * (C / NH)) << 2;
}

export function headsForwardBytes(nthreads: i32, T: i32, C: i32, NH: i32): i32 {
  return nthreads * <i32>(squareBytes(T) + panelBytes(T, C / NH));
}

export function headsForward(
  NR: i32, tid: i32, nthreads: i32, out: usize, att: usize, inp: usize, B: i32, T: i32, C: i32, NH: i32, scratch: usize,
): void {
  const hs = C / NH, Tp = paddedT(T);
  const padded = scratch + <usize>tid * (squareBytes(T) + panelBytes(T, hs));
  const panels = padded + squareBytes(T);
  for (let head = tid; head < B * NH; head += nthreads) {
    const own = att + (<usize>(head * T * T) << 2);
    const work = T == Tp ? own : padded;
    attentionForward(
      NR, out + headOffset(head, T, C, NH, 1), work, inp + headOffset(head, T, C, NH, 3), T, C, hs, panels,
    );
    if (T == Tp) clearBehind(own, T);
    else copyLower(own, T, padded, Tp, T);
  }
}

/** Zeros from the first vector that lies behind the diagonal; the one that holds it ends in zeros already. */
function clearBehind(att: usize, T: i32): void {
  for (let t = 0; t < T; t++) {
    for (let j = (t + 4) & ~3; j < T; j += 4) v128.store(att + (<usize>(t * T + j) << 2), f32x4.splat(0));
  }
}

/** The lower triangle of a (T,T) array, zeros behind it; rows of `width` and `ld` floats, all of `width` written. */
function copyLower(to: usize, width: i32, from: usize, ld: i32, T: i32): void {
  for (let t = 0; t < T; t++, to += <usize>width << 2, from += <usize>ld << 2) {
    for (let j = 0; j < width; j++) store<f32>(to + (j << 2), j <= t ? load<f32>(from + (j << 2)) : 0);
  }
}

export function headsBackwardBytes(nthreads: i32, T: i32, C: i32, NH: i32): i32 {
  return nthreads * <i32>(2 * squareBytes(T) + panelBytes(T, C / NH));
}

export function headsBackward(
  NR: i32, tid: i32, nthreads: i32, dinp: usize, dout: usize, inp: usize, att: usize,
  B: i32, T: i32, C: i32, NH: i32, scratch: usize,
): void {
  const hs = C / NH, Tp = paddedT(T);
  const datt = scratch + <usize>tid * (2 * squareBytes(T) + panelBytes(T, hs));
  const padded = datt + squareBytes(T);
  const panels = padded + squareBytes(T);
  for (let head = tid; head < B * NH; head += nthreads) {
    const own = att + (<usize>(head * T * T) << 2);
    if (T != Tp) copyLower(padded, Tp, own, T, T);
    const qkv = headOffset(head, T, C, NH, 3);
    headBackward(
      NR, dinp + qkv, datt, dout + headOffset(head, T, C, NH, 1), T == Tp ? own : padded, inp + qkv, T, C, hs, panels,
    );
  }
}

/** One head. As attentionBackward of attention.as.ts, but added to what is there. */
function headBackward(
  NR: i32, dq: usize, datt: usize, dout: usize, att: usize, q: usize, T: i32, C: i32, hs: i32, panels: usize,
): void {
  const Tp = paddedT(T), C3 = 3 * C;
  const k = q + (C << 2), v = q + (C << 3);
  const dk = dq + (C << 2), dv = dq + (C << 3);
  const scale: f32 = 1 / sqrt1(<f32>hs);
  gemm(NR, 0, T, T, hs, dout, C, false, v, C3, true, datt, Tp, 1, 0, panels, 0, LOWER_C);
  gemm(NR, 0, T, hs, T, att, Tp, true, dout, C, false, dv, C3, 1, 1, panels, 0, UPPER_A);
  for (let t = 0; t < T; t++) {
    const row = <usize>(t * Tp) << 2;
    // Zeros as far as a panel of MR rows reads.
    softmaxRowBackward(datt + row, att + row, t + 1, min((t / MR) * MR + MR, Tp), scale);
  }
  gemm(NR, 0, T, hs, T, datt, Tp, false, k, C3, false, dq, C3, 1, 1, panels, 0, LOWER_A);
  gemm(NR, 0, T, hs, T, datt, Tp, true, q, C3, false, dk, C3, 1, 1, panels, 0, UPPER_A);
}
