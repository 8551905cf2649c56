/**
 * C[i..i+1, j..j+2] = A[i..i+1,:] B[:,j..j+2], for every product of matrices in the step
 *
 *   forward    out = inp weight^T + bias;  att = softmax(q k^T / sqrt(hs)), causal;  y = att v
 *   backward   dinp = dout weight;  dweight = dout^T inp;  datt = dy v^T;  dv = att^T dy;  dq = dpre k;  dk = dpre^T q
 *
 * Six sums in local variables, the tile of sgemm/tile2x3-ts. All else is plain loops, as in the baseline.
 *
 * Needs    nothing: plain TypeScript, any shape.
 * Expects  2.3 times the baseline's speed at B4T64L4C128NH4. Matmuls take 91 % of its time there, at 1.8 Gflop/s. The tile has 6 in sgemm,
 *          where V8 knows the dims, and should have 4.5 here. Attention gains little, as tiles do its masked half too; all else nothing.
 * Tried    operands read where they lie: V8 makes 69 instructions of a step of k, in place of 55 with panels. 2.7 was expected of it; a
 *          quick run on a busy machine gave 1.99 [1.39, 2.86] at B4T32L2C64NH4, which the expectation above knows of.
 * Source   karpathy/llm.c, train_gpt2.c, for the step and its names; Van Zee and van de Geijn 2015, BLIS, for panels.
 */

import type { Arena, Candidate, DimsOf } from 'nfold/contract';
import type op from 'nfold/ops/train_gpt2';
import * as ops from '../common/plainops.ts';

type Dims = DimsOf<typeof op>;
type Floats = Float32Array;

export default {
  about: 'plain TypeScript, every product in register tiles: six sums in local variables, operands copied to panels',
  source: 'karpathy/llm.c, train_gpt2.c',
  setup(dims, arena) {
    const { T, L, C, V } = dims;
    const a = activations(dims, arena);
    const grads = arena.f32((V + T + 2) * C + L * (12 * C + 13) * C);
    const dw = parts(dims, grads);
    return ({ params, m, v, tokens, targets, step, loss }, scalars) => {
      const w = parts(dims, params);
      forward(dims, w, a, tokens);
      loss[0] = ops.crossentropy(a.logits, targets);
      grads.fill(0);
      backward(dims, w, dw, a, tokens);
      ops.adamw(params, m, v, grads, step[0], scalars);
    };
  },
} satisfies Candidate<typeof op>;

/** The tensors of params, or of its gradient, in the order in which they lie there; a list has one for each layer. */
function parts({ T, L, C, V }: Dims, memory: Floats) {
  let end = 0;
  const take = (length: number) => {
    end += length;
    return memory.subarray(end - length, end);
  };
  const each = (length: number) => Array.from({ length: L }, () => take(length));
  return {
    ...{ wte: take(V * C), wpe: take(T * C), ln1w: each(C), ln1b: each(C), qkvw: each(3 * C * C), qkvb: each(3 * C) },
    ...{ attprojw: each(C * C), attprojb: each(C), ln2w: each(C), ln2b: each(C) },
    ...{ fcw: each(4 * C * C), fcb: each(4 * C), fcprojw: each(C * 4 * C), fcprojb: each(C) },
    ...{ lnfw: take(C), lnfb: take(C) },
  };
}

/** x is the residual stream before each layer and after the last, x2 within each layer; a row of stats is its mean and rstd. */
function activations({ B, T, L, C, NH, V }: Dims, arena: Arena) {
  const widest = Math.max(4 * C, V, T);
  const one = (cols: number) => arena.f32(B * T * cols);
  const each = (cols: number, count = L) => Array.from({ length: count }, () => one(cols));
  return {
    ...{ x: each(C, L + 1), ln1: each(C), stats1: each(2), qkv: each(3 * C), att: each(NH * T), atty: each(C) },
    ...{ x2: each(C), ln2: each(C), stats2: each(2), fch: each(4 * C), gelu: each(4 * C) },
    ...{ lnf: one(C), statsf: one(2), logits: one(V) },
    // Gradients: of the residual stream, which all layers add to, and of what branches off it, for one layer.
    ...{ dx: one(C), dbranch: one(C), dqkv: one(3 * C), datt: arena.f32(T * T), dfch: one(4 * C) },
    panels: { a: new Float64Array((B * T + 1) * (widest + 1)), b: new Float64Array(3 * Math.max(widest, B * T)) },
  };
}

type Parts = ReturnType<typeof parts>;
type Activations = ReturnType<typeof activations>;

function forward(dims: Dims, w: Parts, a: Activations, tokens: Int32Array): void {
  const { L, C } = dims;
  const { panels } = a;
  ops.embed(a.x[0], tokens, w.wte, w.wpe, C);
  for (let l = 0; l < L; l++) {
    ops.layernorm(a.ln1[l], a.stats1[l], a.x[l], w.ln1w[l], w.ln1b[l]);
    linear(panels, a.qkv[l], a.ln1[l], w.qkvw[l], w.qkvb[l], C);
    attention(dims, panels, a.atty[l], a.att[l], a.qkv[l]);
    linear(panels, a.x2[l], a.atty[l], w.attprojw[l], w.attprojb[l], C);
    ops.add(a.x2[l], a.x[l]);
    ops.layernorm(a.ln2[l], a.stats2[l], a.x2[l], w.ln2w[l], w.ln2b[l]);
    linear(panels, a.fch[l], a.ln2[l], w.fcw[l], w.fcb[l], C);
    ops.gelu(a.gelu[l], a.fch[l]);
    linear(panels, a.x[l + 1], a.gelu[l], w.fcprojw[l], w.fcprojb[l], 4 * C);
    ops.add(a.x[l + 1], a.x2[l]);
  }
  ops.layernorm(a.lnf, a.statsf, a.x[L], w.lnfw, w.lnfb);
  linear(panels, a.logits, a.lnf, w.wte, null, C);
}

/** Takes the gradient of the logits from their place; dw has to hold zeros. */
function backward(dims: Dims, w: Parts, dw: Parts, a: Activations, tokens: Int32Array): void {
  const { L, C } = dims;
  const { dx, dbranch, dqkv, dfch, panels } = a;
  linearBackward(panels, dbranch, dw.wte, null, a.logits, a.lnf, w.wte, C);
  dx.fill(0);
  ops.layernormBackward(dx, dw.lnfw, dw.lnfb, dbranch, a.x[L], w.lnfw, a.statsf);
  for (let l = L - 1; l >= 0; l--) {
    linearBackward(panels, dfch, dw.fcprojw[l], dw.fcprojb[l], dx, a.gelu[l], w.fcprojw[l], 4 * C);
    ops.geluBackward(dfch, a.fch[l]);
    linearBackward(panels, dbranch, dw.fcw[l], dw.fcb[l], dfch, a.ln2[l], w.fcw[l], C);
    ops.layernormBackward(dx, dw.ln2w[l], dw.ln2b[l], dbranch, a.x2[l], w.ln2w[l], a.stats2[l]);
    linearBackward(panels, dbranch, dw.attprojw[l], dw.attprojb[l], dx, a.atty[l], w.attprojw[l], C);
    attentionBackward(dims, panels, dqkv, a.datt, dbranch, a.att[l], a.qkv[l]);
    linearBackward(panels, dbranch, dw.qkvw[l], dw.qkvb[l], dqkv, a.ln1[l], w.qkvw[l], C);
    ops.layernormBackward(dx, dw.ln1w[l], dw.ln1b[l], dbranch, a.x[l], w.ln1w[l], a.stats1[l]);
  }
  ops.embedBackward(dw.wte, dw.wpe, dx, tokens, C);
}

/** out = inp weight^T + bias: inp (rows,I), weight (O,I), out (rows,O). */
function linear(panels: Panels, out: Floats, inp: Floats, weight: Floats, bias: Floats | null, I: number): void {
  const rows = inp.length / I;
  const O = weight.length / I;
  product(panels, rowsOf(out, O), rowsOf(inp, I), transposed(rowsOf(weight, I)), rows, O, I);
  if (bias) ops.addToRows(out, bias);
}

/** dinp = dout weight;  dweight = dout^T inp;  dbias = sum of the rows of dout */
function linearBackward(
  panels: Panels,
  dinp: Floats,
  dweight: Floats,
  dbias: Floats | null,
  dout: Floats,
  inp: Floats,
  weight: Floats,
  I: number,
): void {
  const rows = inp.length / I;
  const O = weight.length / I;
  product(panels, rowsOf(dinp, I), rowsOf(dout, O), rowsOf(weight, I), rows, I, O);
  product(panels, rowsOf(dweight, I), transposed(rowsOf(dout, O)), rowsOf(inp, I), O, I, rows);
  if (dbias) ops.addRows(dbias, dout);
}

/** A head's part 0, 1 or 2 (q, k or v) of rows of 3 C, or its part of rows of C: (T,hs). */
function headOf({ B, T, C, NH }: Dims, x: Floats, head: number, part = 0): Matrix {
  const row = x.length / (B * T);
  return rowsOf(x, row, Math.trunc(head / NH) * T * row + part * C + (head % NH) * (C / NH));
}

function attention(dims: Dims, panels: Panels, y: Floats, att: Floats, qkv: Floats): void {
  const { B, T, C, NH } = dims;
  const hs = C / NH;
  for (let head = 0; head < B * NH; head++) {
    const [q, k, v] = [0, 1, 2].map((part) => headOf(dims, qkv, head, part));
    const p = rowsOf(att, T, head * T * T);
    product(panels, p, q, transposed(k), T, T, hs);
    for (let t = 0; t < T; t++) {
      ops.softmax(p.of, t * T, t + 1, 1 / Math.sqrt(hs));
      p.of.fill(0, t * T + t + 1, t * T + T);
    }
    product(panels, headOf(dims, y, head), p, v, T, hs, T);
  }
}

function attentionBackward(
  dims: Dims,
  panels: Panels,
  dqkv: Floats,
  datt: Floats,
  dy: Floats,
  att: Floats,
  qkv: Floats,
): void {
  const { B, T, C, NH } = dims;
  const hs = C / NH;
  const d = rowsOf(datt, T);
  for (let head = 0; head < B * NH; head++) {
    const [q, k, v] = [0, 1, 2].map((part) => headOf(dims, qkv, head, part));
    const [dq, dk, dv] = [0, 1, 2].map((part) => headOf(dims, dqkv, head, part));
    const dout = headOf(dims, dy, head);
    const p = rowsOf(att, T, head * T * T);
    product(panels, dv, transposed(p), dout, T, hs, T);
    product(panels, d, dout, transposed(v), T, T, hs);
    for (let t = 0; t < T; t++) {
      ops.softmaxBackward(datt, p.of, t * T, t + 1, 1 / Math.sqrt(hs));
      datt.fill(0, t * T + t + 1, t * T + T);
    }
    product(panels, dq, d, k, T, hs, T);
    product(panels, dk, transposed(d), q, T, hs, T);
  }
}

/** Rows of A and columns of B as product reads them, in f64, so that a number is widened once and not for each tile. */
interface Panels {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Element [i,j] is of[i * row + j * col]. */
interface Matrix {
  readonly of: Floats;
  readonly row: number;
  readonly col: number;
}

const rowsOf = (of: Floats, row: number, at = 0): Matrix => ({ of: of.subarray(at), row, col: 1 });
const transposed = ({ of, row, col }: Matrix): Matrix => ({ of, row: col, col: row });

/** Six sums at a time: C = A B, where C is (M,N), A (M,K), B (K,N). What ragged edges lack is computed twice, and is the same. */
function product({ a, b }: Panels, { of: c, row: ldc }: Matrix, A: Matrix, B: Matrix, M: number, N: number, K: number) {
  const columns = transposed(B);
  for (let i = 0; i < M; i += 2) pack(a, i * K, 2, A, i, M, K);
  for (let j = 0; j < N; j += 3) {
    pack(b, 0, 3, columns, j, N, K);
    const j1 = Math.min(j + 1, N - 1);
    const j2 = Math.min(j + 2, N - 1);
    for (let i = 0; i < M; i += 2) {
      const i1 = Math.min(i + 1, M - 1);
      let sum00 = 0;
      let sum01 = 0;
      let sum02 = 0;
      let sum10 = 0;
      let sum11 = 0;
      let sum12 = 0;
      for (let p = i * K, q = 0; q < 3 * K; p += 2, q += 3) {
        const a0 = a[p];
        const a1 = a[p + 1];
        const b0 = b[q];
        const b1 = b[q + 1];
        const b2 = b[q + 2];
        sum00 += a0 * b0;
        sum01 += a0 * b1;
        sum02 += a0 * b2;
        sum10 += a1 * b0;
        sum11 += a1 * b1;
        sum12 += a1 * b2;
      }
      c[i * ldc + j] = sum00;
      c[i * ldc + j1] = sum01;
      c[i * ldc + j2] = sum02;
      c[i1 * ldc + j] = sum10;
      c[i1 * ldc + j1] = sum11;
      c[i1 * ldc + j2] = sum12;
    }
  }
}

/** Rows first..first+width-1 of X (count,K), column by column. Rows that X does not have repeat its last one. */
function pack(to: Float64Array, at: number, width: number, X: Matrix, first: number, count: number, K: number): void {
  const { of, row, col } = X;
  for (let i = 0; i < width; i++) {
    const from = Math.min(first + i, count - 1) * row;
    for (let k = 0; k < K; k++) to[at + k * width + i] = of[from + k * col];
  }
}
