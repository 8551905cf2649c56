/**
 * One head of one sequence:  att = softmax(q k^T / sqrt(hs)), causal;  out = att v;  and the gradients.
 *
 *   datt = dout v^T;  dpre = att (datt - sum of att datt) / sqrt(hs);  dv = att^T dout;  dq = dpre k;  dk = dpre^T q
 *
 * Shapes   q, k, v, dq, dk, dv (T,hs), rows 3C apart; out, dout (T,hs), rows C apart; att, datt (T,Tp), where Tp is T
 *          rounded up to 16.
 * Expects  to skip the masked half by panels of 6 rows: att is zero behind the diagonal as far as such a panel reads.
 * Source   Vaswani et al. 2017, arXiv:1706.03762; layout of qkv as in llm.c.
 */
import { FULL, gemm, LOWER_A, LOWER_C, UPPER_A } from './gemm.as';
import { sqrt1 } from './math.as';
import { softmaxRow, softmaxRowBackward } from './softmax.as';
import { MR } from './tile.as';

export function paddedT(T: i32): i32 {
  return (T + 15) & ~15;
}

/** Columns of att that row t has to define: to the end of its panel. */
// @ts-ignore: decorator
@inline function panelEnd(t: i32): i32 {
  return (t / MR) * MR + MR;
}

export function attentionForward(
  NR: i32, out: usize, att: usize, qkv: usize, T: i32, C: i32, hs: i32, scratch: usize,
): void {
  const Tp = paddedT(T), C3 = 3 * C;
  const k = qkv + (C << 2), v = qkv + (C << 3);
  const scale: f32 = 1 / sqrt1(<f32>hs);
  gemm(NR, 0, T, T, hs, qkv, C3, false, k, C3, true, att, Tp, 1, 0, scratch, 0, LOWER_C);
  for (let t = 0; t < T; t++) softmaxRow(att + <usize>(t * Tp << 2), t + 1, min(panelEnd(t), Tp), scale);
  gemm(NR, 0, T, hs, T, att, Tp, false, v, C3, false, out, C, 1, 0, scratch, 0, LOWER_A);
}

export function attentionBackward(
  NR: i32, dqkv: usize, datt: usize, dout: usize, att: usize, qkv: usize, T: i32, C: i32, hs: i32, scratch: usize,
): void {
  const Tp = paddedT(T), C3 = 3 * C;
  const k = qkv + (C << 2), v = qkv + (C << 3);
  const dk = dqkv + (C << 2), dv = dqkv + (C << 3);
  const scale: f32 = 1 / sqrt1(<f32>hs);
  gemm(NR, 0, T, T, hs, dout, C, false, v, C3, true, datt, Tp, 1, 0, scratch, 0, LOWER_C);
  gemm(NR, 0, T, hs, T, att, Tp, true, dout, C, false, dv, C3, 1, 0, scratch, 0, UPPER_A);
  for (let t = 0; t < T; t++) {
    const row = <usize>(t * Tp << 2);
    softmaxRowBackward(datt + row, att + row, t + 1, min(panelEnd(t), Tp), scale);
  }
  gemm(NR, 0, T, hs, T, datt, Tp, false, k, C3, false, dqkv, C3, 1, 0, scratch, 0, LOWER_A);
  gemm(NR, 0, T, hs, T, datt, Tp, true, qkv, C3, false, dk, C3, 1, 0, scratch, 0, UPPER_A);
}
