/**
 * One training step of a GPT-2 in one parallel region: forward, backward, AdamW. Formulas: baselines/train_gpt2/op.ts.
 *
 *   forward   own rows: x += fcproj(gelu(fc(ln2(x)))), ln1, qkv | own heads: attention | own rows: attproj, ln2, ...
 *   backward  own rows: gradients of activations | own heads: attention | own rows | own rows of each weight: dW, AdamW
 *   A bar is a barrier. A thread's own rows of (B*T) stay the same, so that the row-wise ops need none between them.
 *
 * Shapes   as in llm.c; activations are kept for all layers, their gradients for one, gradients of weights for one
 *          matrix and thread: AdamW takes a weight's gradient out of the cache as soon as it is there.
 * Numerics f32; sums of losses and the constants of AdamW in f64. The result does not depend on the number of threads.
 * Needs    relaxed SIMD. NR = 16 for the revectorizer, 8 for 128 bits (see gemm.as.ts).
 * Marks    `// @mark op op`: from this line on, time is spent on these ops; `nfold profile` sums it.
 * Source   Radford et al. 2019; names and layout follow llm.c.
 */
import { adamw, setAdamw } from './adamw.as';
import { attentionBackward, attentionForward, paddedT } from './attention.as';
import { add, columnSums } from './columns.as';
import { geluBackward, geluForward } from './gelu.as';
import { gemm, gemmBytes } from './gemm.as';
import { layernormColumns, layernormRow, layernormRowBackward } from './layernorm.as';
import { crossentropyRow } from './softmax.as';
import { barrier, share } from './threads.as';
import { MR } from './tile.as';

let NR: i32, tid: i32, nthreads: i32;
let B: i32, T: i32, L: i32, C: i32, NH: i32, V: i32, BT: i32, Vp: i32, hs: i32;
/** Own rows of (B*T). */
let lo: i32, hi: i32;

/** Parameters: byte offsets into params, m and v. */
let params: usize, mFromParams: usize, vFromParams: usize;
let wte: usize, wpe: usize, ln1w: usize, ln1b: usize, qkvw: usize, qkvb: usize, attprojw: usize, attprojb: usize;
let ln2w: usize, ln2b: usize, fcw: usize, fcb: usize, fcprojw: usize, fcprojb: usize, lnfw: usize, lnfb: usize;

/** Activations, layer after layer; x has L + 1 of them: the input of each layer, and the output of the last. */
let x: usize, ln1: usize, qkv: usize, att: usize, atty: usize, x2: usize, ln2: usize, fch: usize, gelu: usize;
let stats1: usize, stats2: usize, statsf: usize, lnf: usize, logits: usize, losses: usize;
/** Gradients of one layer's activations: of x after it, of x2, and of x before it; and of the rest. */
let dxAfter: usize, dx2: usize, dxBefore: usize, dln1: usize, dln2: usize, datty: usize, dqkv: usize, dfch: usize;
let dwte: usize;
/** Of this thread: a branch before it joins the residual, one head's datt, one weight's gradient, gemm's panels. */
let branch: usize, datt: usize, dweight: usize, panels: usize;

let cursor: usize;
function place(floats: i32): usize {
  const at = cursor;
  cursor += ((<usize>floats << 2) + 63) & ~63;
  return at;
}

/** Sets all dims and addresses in scratch; returns the bytes it takes. */
export function layout(
  scratch: usize, thread: i32, threads: i32, b: i32, t: i32, l: i32, c: i32, heads: i32, v: i32,
): i32 {
  tid = thread, nthreads = threads;
  B = b, T = t, L = l, C = c, NH = heads, V = v;
  BT = B * T, hs = C / NH, Vp = (V + 15) & ~15;
  lo = share(BT, MR, tid, nthreads), hi = share(BT, MR, tid + 1, nthreads);
  // The first 256 bytes hold the barrier.
  cursor = scratch + 256;
  const rows = BT * C;
  x = place((L + 1) * rows), x2 = place(L * rows);
  ln1 = place(L * rows), ln2 = place(L * rows), atty = place(L * rows), qkv = place(L * 3 * rows);
  fch = place(L * 4 * rows), gelu = place(L * 4 * rows), att = place(L * B * NH * T * paddedT(T));
  stats1 = place(L * BT * 2), stats2 = place(L * BT * 2), statsf = place(BT * 2);
  lnf = place(rows), logits = place(BT * Vp), losses = place(BT);
  dxAfter = place(rows), dx2 = place(rows), dxBefore = place(rows), dln1 = place(rows), dln2 = place(rows);
  datty = place(rows), dqkv = place(3 * rows), dfch = place(4 * rows), dwte = place(V * C);
  const shared = cursor;
  branch = place((BT / nthreads + 2 * MR) * C), datt = place(T * paddedT(T)), dweight = place(max(4 * C * C, 4 * C));
  panels = place(<i32>(mostPanels() >> 2));
  const own = cursor - shared;
  const skip = own * <usize>tid;
  branch += skip, datt += skip, dweight += skip, panels += skip;
  return <i32>(shared + own * nthreads - scratch);
}

/** The largest scratch of any gemm of the step: weights forward, activations in the products of the weights. */
function mostPanels(): usize {
  const forward = max(max(gemmBytes(4 * C, C), gemmBytes(C, 4 * C)), max(gemmBytes(V, C), gemmBytes(C, V)));
  return max(max(forward, gemmBytes(4 * C, BT)), max(gemmBytes(T, hs), gemmBytes(hs, T)));
}

/** Offsets of the parts of params, in the order of baselines/train_gpt2/layout.ts. */
function pointParameters(p: usize, m: usize, v: usize): void {
  params = p, mFromParams = m - p, vFromParams = v - p;
  const vector = <usize>(L * C) << 2, matrix = <usize>(L * C * C) << 2;
  wte = p;
  wpe = wte + (<usize>(V * C) << 2);
  ln1w = wpe + (<usize>(T * C) << 2);
  ln1b = ln1w + vector;
  qkvw = ln1b + vector;
  qkvb = qkvw + 3 * matrix;
  attprojw = qkvb + 3 * vector;
  attprojb = attprojw + matrix;
  ln2w = attprojb + vector;
  ln2b = ln2w + vector;
  fcw = ln2b + vector;
  fcb = fcw + 4 * matrix;
  fcprojw = fcb + 4 * vector;
  fcprojb = fcprojw + 4 * matrix;
  lnfw = fcprojb + vector;
  lnfb = lnfw + (<usize>C << 2);
}

export function step(
  width: i32, thread: i32, threads: i32, p: usize, m: usize, v: usize, tokens: usize, targets: usize, stepAt: usize,
  loss: usize, b: i32, t: i32, l: i32, c: i32, heads: i32, vocabulary: i32,
  learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, scratch: usize,
): void {
  NR = width;
  layout(scratch, thread, threads, b, t, l, c, heads, vocabulary);
  pointParameters(p, m, v);
  setAdamw(load<i32>(stepAt), learning_rate, beta1, beta2, eps, weight_decay);

  encoderForward(tokens);
  for (let layer = 0; layer < L; layer++) layerForward(layer, scratch);
  headForward(targets);
  headBackward(scratch);
  if (tid == 0) meanLoss(loss);
  for (let layer = L - 1; layer >= 0; layer--) layerBackward(layer, scratch);
  encoderBackward(tokens);
}

/** Row r of an array of rows of n floats, in layer l of (BT,n). */
// @ts-ignore: decorator
@inline function at(base: usize, l: i32, r: i32, n: i32): usize {
  return base + (<usize>((l * BT + r) * n) << 2);
}

/** out = inp weight^T + bias, own rows; weight (O,I). */
function linear(out: usize, inp: usize, weight: usize, bias: usize, I: i32, O: i32, ldOut: i32): void {
  gemm(NR, lo, hi, O, I, inp, I, false, weight, I, true, out, ldOut, 1, 0, panels, bias); // @mark matmul_forward
}

/** dinp = dout weight, own rows. */
function linearBackward(dinp: usize, dout: usize, weight: usize, I: i32, O: i32, ldOut: i32): void {
  gemm(NR, lo, hi, I, O, dout, ldOut, false, weight, I, false, dinp, I, 1, 0, panels); // @mark matmul_backward
}

/** x = x + branch, own rows, and its layernorm. `branch` is addressed by row like the others. */
function joinAndNormalize(out: usize, sum: usize, from: usize, weight: usize, bias: usize, stats: usize): void {
  for (let r = lo; r < hi; r++) { // @mark residual_forward layernorm_forward
    const row = at(sum, 0, r, C);
    if (from) add(row, at(from, 0, r, C), at(branch, 0, r - lo, C), C);
    layernormRow(at(out, 0, r, C), row, weight, bias, stats + (r << 3), C);
  }
}

function encoderForward(tokens: usize): void {
  for (let r = lo; r < hi; r++) { // @mark encoder_forward
    const token = wte + (<usize>(load<i32>(tokens + (r << 2)) * C) << 2);
    add(at(x, 0, r, C), token, wpe + (<usize>((r % T) * C) << 2), C);
  }
}

function layerForward(l: i32, scratch: usize): void {
  const vec = <usize>(l * C) << 2, mat = <usize>(l * C * C) << 2;
  const own = branch - (<usize>(lo * C) << 2);
  // The branch of the layer before joins here.
  const before = l ? at(x2, l - 1, 0, C) : 0;
  joinAndNormalize(at(ln1, l, 0, C), at(x, l, 0, C), before, ln1w + vec, ln1b + vec, at(stats1, l, 0, 2));
  linear(at(qkv, l, 0, 3 * C), at(ln1, l, 0, C), qkvw + 3 * mat, qkvb + 3 * vec, C, 3 * C, 3 * C);
  barrier(scratch, nthreads); // @mark rest
  for (let head = tid; head < B * NH; head += nthreads) { // @mark attention_forward
    const row = (head / NH) * T, column = <usize>((head % NH) * hs) << 2;
    const out = at(atty, l, row, C) + column, inp = at(qkv, l, row, 3 * C) + column;
    attentionForward(NR, out, headAtt(l, head), inp, T, C, hs, panels);
  }
  barrier(scratch, nthreads); // @mark rest
  linear(own, at(atty, l, 0, C), attprojw + mat, attprojb + vec, C, C, C);
  joinAndNormalize(at(ln2, l, 0, C), at(x2, l, 0, C), at(x, l, 0, C), ln2w + vec, ln2b + vec, at(stats2, l, 0, 2));
  linear(at(fch, l, 0, 4 * C), at(ln2, l, 0, C), fcw + 4 * mat, fcb + 4 * vec, C, 4 * C, 4 * C);
  geluForward(at(gelu, l, lo, 4 * C), at(fch, l, lo, 4 * C), (hi - lo) * 4 * C); // @mark gelu_forward
  linear(own, at(gelu, l, 0, 4 * C), fcprojw + 4 * mat, fcprojb + vec, 4 * C, C, C);
}

function headAtt(l: i32, head: i32): usize {
  return att + (<usize>((l * B * NH + head) * T * paddedT(T)) << 2);
}

/** Leaves the gradient of the logits in their place. */
function headForward(targets: usize): void {
  joinAndNormalize(lnf, at(x, L, 0, C), L ? at(x2, L - 1, 0, C) : 0, lnfw, lnfb, statsf);
  linear(logits, lnf, wte, 0, C, V, Vp);
  for (let r = lo; r < hi; r++) { // @mark crossentropy_softmax_forward crossentropy_softmax_backward
    const target = load<i32>(targets + (r << 2));
    store<f32>(losses + (r << 2), <f32>crossentropyRow(at(logits, 0, r, Vp), V, target, BT));
  }
}

function meanLoss(loss: usize): void {
  let sum: f64 = 0;
  for (let r = 0; r < BT; r++) sum += load<f32>(losses + (r << 2));
  store<f32>(loss, <f32>(sum / BT));
}

function headBackward(scratch: usize): void {
  linearBackward(dln1, logits, wte, C, V, Vp);
  for (let r = lo; r < hi; r++) { // @mark layernorm_backward
    layernormRowBackward(at(dxAfter, 0, r, C), 0, at(dln1, 0, r, C), at(x, L, r, C), lnfw, statsf + (r << 3), C);
  }
  barrier(scratch, nthreads); // @mark rest
  const first = share(V, MR, tid, nthreads), end = share(V, MR, tid + 1, nthreads);
  gemm(NR, first, end, C, BT, logits, Vp, true, lnf, C, false, dwte, C, 1, 0, panels); // @mark matmul_backward
  updateLayernorm(lnfw, lnfb, dln1, at(x, L, 0, C), statsf);
  barrier(scratch, nthreads); // @mark rest
}

function layerBackward(l: i32, scratch: usize): void {
  const vec = <usize>(l * C) << 2, mat = <usize>(l * C * C) << 2;
  linearBackward(dfch, dxAfter, fcprojw + 4 * mat, 4 * C, C, C);
  geluBackward(at(dfch, 0, lo, 4 * C), at(fch, l, lo, 4 * C), (hi - lo) * 4 * C); // @mark gelu_backward
  linearBackward(dln2, dfch, fcw + 4 * mat, C, 4 * C, 4 * C);
  normBackward(dx2, dxAfter, dln2, at(x2, l, 0, C), ln2w + vec, at(stats2, l, 0, 2));
  linearBackward(datty, dx2, attprojw + mat, C, C, C);
  barrier(scratch, nthreads); // @mark rest
  for (let head = tid; head < B * NH; head += nthreads) { // @mark attention_backward
    const row = (head / NH) * T, column = <usize>((head % NH) * hs) << 2;
    attentionBackward(
      NR, at(dqkv, 0, row, 3 * C) + column, datt, at(datty, 0, row, C) + column,
      headAtt(l, head), at(qkv, l, row, 3 * C) + column, T, C, hs, panels,
    );
  }
  barrier(scratch, nthreads); // @mark rest
  linearBackward(dln1, dqkv, qkvw + 3 * mat, C, 3 * C, 3 * C);
  normBackward(dxBefore, dx2, dln1, at(x, l, 0, C), ln1w + vec, at(stats1, l, 0, 2));
  barrier(scratch, nthreads); // @mark rest
  updateLinear(fcprojw + 4 * mat, fcprojb + vec, dxAfter, at(gelu, l, 0, 4 * C), 4 * C, C);
  updateLinear(fcw + 4 * mat, fcb + 4 * vec, dfch, at(ln2, l, 0, C), C, 4 * C);
  updateLinear(attprojw + mat, attprojb + vec, dx2, at(atty, l, 0, C), C, C);
  updateLinear(qkvw + 3 * mat, qkvb + 3 * vec, dqkv, at(ln1, l, 0, C), C, 3 * C);
  updateLayernorm(ln2w + vec, ln2b + vec, dln2, at(x2, l, 0, C), at(stats2, l, 0, 2));
  updateLayernorm(ln1w + vec, ln1b + vec, dln1, at(x, l, 0, C), at(stats1, l, 0, 2));
  // The gradients of this layer's activations are free again.
  barrier(scratch, nthreads); // @mark rest
  const free = dxAfter;
  dxAfter = dxBefore;
  dxBefore = free;
}

function normBackward(dx: usize, past: usize, dout: usize, inp: usize, weight: usize, stats: usize): void {
  for (let r = lo; r < hi; r++) { // @mark residual_backward layernorm_backward
    const inputs = at(inp, 0, r, C);
    layernormRowBackward(at(dx, 0, r, C), at(past, 0, r, C), at(dout, 0, r, C), inputs, weight, stats + (r << 3), C);
  }
}

function update(weight: usize, gradient: usize, n: i32): void {
  adamw(weight, weight + mFromParams, weight + vFromParams, gradient, n);
}

/** dweight = dout^T inp, (O,I), and dbias: own rows of them, and straight into AdamW. */
function updateLinear(weight: usize, bias: usize, dout: usize, inp: usize, I: i32, O: i32): void {
  const first = share(O, MR, tid, nthreads), end = share(O, MR, tid + 1, nthreads);
  const offset = <usize>(first * I) << 2;
  gemm(NR, first, end, I, BT, dout, O, true, inp, I, false, dweight - offset, I, 1, 0, panels); // @mark matmul_backward
  update(weight + offset, dweight, (end - first) * I); // @mark adamw
  columnSums(dweight, dout, BT, O, first, end); // @mark matmul_backward
  update(bias + (<usize>first << 2), dweight + (<usize>first << 2), end - first); // @mark adamw
}

function updateLayernorm(weight: usize, bias: usize, dout: usize, inp: usize, stats: usize): void {
  const first = share(C, 16, tid, nthreads), end = share(C, 16, tid + 1, nthreads);
  const from = <usize>first << 2;
  const dbias = dweight + (<usize>C << 2);
  layernormColumns(dweight, dbias, dout, inp, stats, BT, C, first, end); // @mark layernorm_backward
  update(weight + from, dweight + from, end - first); // @mark adamw
  update(bias + from, dbias + from, end - first);
}

/** dwte += dx at each token's row, dwpe = sum of dx over sequences; own columns. */
function encoderBackward(tokens: usize): void {
  const first = share(C, 16, tid, nthreads), n = share(C, 16, tid + 1, nthreads) - first;
  const from = <usize>first << 2;
  for (let r = 0; r < BT; r++) { // @mark encoder_backward
    const row = dwte + (<usize>(load<i32>(tokens + (r << 2)) * C) << 2) + from;
    add(row, row, at(dxAfter, 0, r, C) + from, n);
  }
  for (let token = 0; token < V; token++) { // @mark adamw
    const offset = (<usize>(token * C) << 2) + from;
    update(wte + offset, dwte + offset, n);
  }
  // AdamW too, row by row behind the sums: wpe is a hundredth of all parameters.
  for (let t = 0; t < T; t++) { // @mark encoder_backward
    const row = at(dxAfter, 0, t, C) + from;
    for (let b = 1; b < B; b++) add(row, row, at(dxAfter, 0, b * T + t, C) + from, n);
    update(wpe + (<usize>(t * C) << 2) + from, row, n);
  }
}
