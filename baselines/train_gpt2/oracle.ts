/**
 * The training step in f64, on a tape: each function computes a matrix and notes how its gradient flows back, and the
 * notes are taken from last to first. So each formula stands beside its derivative.
 *
 * Shapes   a Matrix has rows*cols values, row-major, and as many gradients. Row b*T + t is token t of sequence b.
 * Numerics f64 throughout; nothing is rounded to f32 on the way.
 */
import type { DimsOf, ScalarsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import { u } from './bounds.ts';
import { parameterParts } from './layout.ts';
import { near } from './near.ts';
import type op from './op.ts';

type Op = typeof op;
type Dims = DimsOf<Op>;

export default {
  truths(dims: Dims, scalars: ScalarsOf<Op>, inputs: TensorsOf<Op>) {
    const { learning_rate, beta1, beta2, eps, weight_decay } = scalars;
    const { tokens, targets } = inputs;
    const [params, m, v] = [inputs.params, inputs.m, inputs.v].map((array) => new Float64Array(array));
    const { loss, gradients } = lossAndGradients(dims, params, tokens, targets);
    // Among many tokens none decides alone; in a part of few elements one shake may happen to change nothing.
    const shakes = tokens.length <= 4 ? [1, 2, 3, 4] : [];
    const shaken = shakes.map((shake) => {
      const moved = params.map((p, i) => p * (1 + u * signOf(i, shake)));
      return lossAndGradients(dims, moved, tokens, targets).gradients.map((g, i) => beta1 * m[i] + (1 - beta1) * g);
    });
    const unbias1 = 1 - beta1 ** inputs.step[0];
    const unbias2 = 1 - beta2 ** inputs.step[0];
    for (let i = 0; i < params.length; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * gradients[i];
      v[i] = beta2 * v[i] + (1 - beta2) * gradients[i] ** 2;
      const direction = m[i] / unbias1 / (Math.sqrt(v[i] / unbias2) + eps);
      params[i] -= learning_rate * (direction + weight_decay * params[i]);
    }
    return { params: { want: params }, m: { want: m, shaken }, v: { want: v }, loss: { want: Float64Array.of(loss) } };
  },
  near,
} satisfies Oracle<Op>;

/** 1 or -1, in no pattern. */
const signOf = (i: number, shake: number) =>
  Math.imul(Math.imul(i + 1, 0x9e3779b1) ^ shake, 0x85ebca6b * shake) < 0 ? -1 : 1;

interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly value: Float64Array;
  readonly grad: Float64Array;
}
type Tape = (() => void)[];

/** The mean loss, and its gradient in the layout of params. */
export function lossAndGradients(dims: Dims, params: Float64Array, tokens: Int32Array, targets: Int32Array) {
  const { T, L, C, V } = dims;
  const gradients = new Float64Array(params.length);
  const parts = new Map(parameterParts(dims).map((part) => [part.name, part]));
  /** Parameter `name` of layer l as a matrix of the given columns; `of` layers lie one after another. */
  const weight = (name: string, cols: number, l = 0, of = 1): Matrix => {
    const part = parts.get(name);
    if (!part) throw new Error(`no parameter ${name}`);
    const size = part.length / of;
    const from = part.offset + l * size;
    const [value, grad] = [params, gradients].map((array) => array.subarray(from, from + size));
    return { rows: size / cols, cols, value, grad };
  };

  const tape: Tape = [];
  const wte = weight('wte', C);
  let x = embed(tape, tokens, wte, weight('wpe', C));
  for (let l = 0; l < L; l++) {
    const at = (name: string, cols: number) => weight(name, cols, l, L);
    const ln1 = layernorm(tape, x, at('ln1w', C), at('ln1b', C));
    const qkv = linear(tape, ln1, at('qkvw', C), at('qkvb', 3 * C));
    const y = attention(tape, qkv, T, dims.NH);
    x = add(tape, x, linear(tape, y, at('attprojw', C), at('attprojb', C)));
    const ln2 = layernorm(tape, x, at('ln2w', C), at('ln2b', C));
    const h = gelu(tape, linear(tape, ln2, at('fcw', C), at('fcb', 4 * C)));
    x = add(tape, x, linear(tape, h, at('fcprojw', 4 * C), at('fcprojb', C)));
  }
  const lnf = layernorm(tape, x, weight('lnfw', C), weight('lnfb', C));
  const logits = linear(tape, lnf, wte, zeros(1, V));
  const loss = crossentropy(tape, logits, targets);
  for (const note of tape.reverse()) note();
  return { loss, gradients };
}

function zeros(rows: number, cols: number): Matrix {
  return { rows, cols, value: new Float64Array(rows * cols), grad: new Float64Array(rows * cols) };
}

/** sum_i x[at + i] y[from + i], i < n */
function dot(x: Float64Array, at: number, y: Float64Array, from: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[at + i] * y[from + i];
  return sum;
}

/** y[at + i] += s x[from + i], i < n */
function addScaled(y: Float64Array, at: number, s: number, x: Float64Array, from: number, n: number): void {
  for (let i = 0; i < n; i++) y[at + i] += s * x[from + i];
}

/** y[r] = wte[tokens[r]] + wpe[r mod T] */
function embed(tape: Tape, tokens: Int32Array, wte: Matrix, wpe: Matrix): Matrix {
  const C = wte.cols;
  const y = zeros(tokens.length, C);
  tokens.forEach((token, r) => {
    const position = r % wpe.rows;
    addScaled(y.value, r * C, 1, wte.value, token * C, C);
    addScaled(y.value, r * C, 1, wpe.value, position * C, C);
    tape.push(() => {
      addScaled(wte.grad, token * C, 1, y.grad, r * C, C);
      addScaled(wpe.grad, position * C, 1, y.grad, r * C, C);
    });
  });
  return y;
}

/** y = a + b */
function add(tape: Tape, a: Matrix, b: Matrix): Matrix {
  const y = zeros(a.rows, a.cols);
  const n = y.value.length;
  addScaled(y.value, 0, 1, a.value, 0, n);
  addScaled(y.value, 0, 1, b.value, 0, n);
  tape.push(() => {
    addScaled(a.grad, 0, 1, y.grad, 0, n);
    addScaled(b.grad, 0, 1, y.grad, 0, n);
  });
  return y;
}

/** Y = X W^T + b, so dX = dY W, dW = dY^T X, and db sums the rows of dY. */
function linear(tape: Tape, x: Matrix, w: Matrix, b: Matrix): Matrix {
  const [R, O, C] = [x.rows, w.rows, x.cols];
  const y = zeros(R, O);
  addProduct(y.value, x.value, w.value, R, O, C);
  for (let r = 0; r < R; r++) addScaled(y.value, r * O, 1, b.value, 0, O);
  tape.push(() => {
    addProduct(x.grad, y.grad, transposed(w.value, O, C), R, C, O);
    addProduct(w.grad, transposed(y.grad, R, O), transposed(x.value, R, C), O, C, R);
    for (let r = 0; r < R; r++) addScaled(b.grad, 0, 1, y.grad, r * O, O);
  });
  return y;
}

/** out (M,N) += A (M,K) B^T, B (N,K) */
function addProduct(out: Float64Array, A: Float64Array, B: Float64Array, M: number, N: number, K: number): void {
  for (let i = 0; i < M; i++) {
    let j = 0;
    for (; j + 4 <= N; j += 4) addFourDots(out, i * N + j, A, i * K, B, j * K, K);
    for (; j < N; j++) out[i * N + j] += dot(A, i * K, B, j * K, K);
  }
}

/** y[at + q] += sum_i a[from + i] b[row + q n + i], q < 4, i < n: four dots whose sums do not wait for one another, in half of the time. */
function addFourDots(
  y: Float64Array,
  at: number,
  a: Float64Array,
  from: number,
  b: Float64Array,
  row: number,
  n: number,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = a[from + i];
    s0 += x * b[row + i];
    s1 += x * b[row + n + i];
    s2 += x * b[row + 2 * n + i];
    s3 += x * b[row + 3 * n + i];
  }
  y[at] += s0;
  y[at + 1] += s1;
  y[at + 2] += s2;
  y[at + 3] += s3;
}

/** (cols,rows) of A (rows,cols) */
function transposed(A: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(A.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) out[c * rows + r] = A[r * cols + c];
  }
  return out;
}

/** y[r] = n[r] * w + b, n[r] = (x[r] - mean) / sqrt(variance + 1e-5), both over the row */
function layernorm(tape: Tape, x: Matrix, w: Matrix, b: Matrix): Matrix {
  const C = x.cols;
  const y = zeros(x.rows, C);
  for (let r = 0; r < x.rows; r++) {
    const row = x.value.subarray(r * C, (r + 1) * C);
    const mean = row.reduce((sum, value) => sum + value, 0) / C;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / C;
    const deviation = Math.sqrt(variance + 1e-5);
    const n = row.map((value) => (value - mean) / deviation);
    for (let i = 0; i < C; i++) y.value[r * C + i] = n[i] * w.value[i] + b.value[i];
    tape.push(() => {
      // The gradient of n, freed of its mean and of its part along n (neither moves y), over the deviation.
      const dy = y.grad.subarray(r * C, (r + 1) * C);
      const dn = dy.map((g, i) => g * w.value[i]);
      const level = dn.reduce((sum, g) => sum + g, 0) / C;
      const along = dot(dn, 0, n, 0, C) / C;
      for (let i = 0; i < C; i++) {
        w.grad[i] += dy[i] * n[i];
        b.grad[i] += dy[i];
        x.grad[r * C + i] += (dn[i] - level - along * n[i]) / deviation;
      }
    });
  }
  return y;
}

/** Per head: y[t] = sum over s <= t of p[s] v[s], p = softmax_s(q[t] . k[s] / sqrt(hs)). A row of qkv is q, k, v. */
function attention(tape: Tape, qkv: Matrix, T: number, NH: number): Matrix {
  const C = qkv.cols / 3;
  const hs = C / NH;
  const scale = 1 / Math.sqrt(hs);
  const y = zeros(qkv.rows, C);
  const { value, grad } = qkv;
  for (let r = 0; r < qkv.rows; r++) {
    const t = r % T;
    for (let h = 0; h < NH; h++) {
      const out = r * C + h * hs;
      const q = r * 3 * C + h * hs;
      const k = (s: number) => (r - t + s) * 3 * C + C + h * hs;
      const v = (s: number) => (r - t + s) * 3 * C + 2 * C + h * hs;
      const p = new Float64Array(t + 1);
      for (let s = 0; s <= t; s++) p[s] = scale * dot(value, q, value, k(s), hs);
      softmax(p);
      for (let s = 0; s <= t; s++) addScaled(y.value, out, p[s], value, v(s), hs);
      tape.push(() => {
        const dp = p.map((_, s) => dot(y.grad, out, value, v(s), hs));
        const level = dot(p, 0, dp, 0, t + 1);
        for (let s = 0; s <= t; s++) {
          const dscore = scale * p[s] * (dp[s] - level);
          addScaled(grad, v(s), p[s], y.grad, out, hs);
          addScaled(grad, q, dscore, value, k(s), hs);
          addScaled(grad, k(s), dscore, value, q, hs);
        }
      });
    }
  }
  return y;
}

/** In place; returns log sum exp of what was there. */
function softmax(row: Float64Array): number {
  const most = row.reduce((a, b) => Math.max(a, b));
  const sum = row.reduce((total, value) => total + Math.exp(value - most), 0);
  for (let i = 0; i < row.length; i++) row[i] = Math.exp(row[i] - most) / sum;
  return most + Math.log(sum);
}

/** y = x Phi(x), Phi in its tanh form: (1 + tanh(c (x + 0.044715 x^3))) / 2, c = sqrt(2 / pi) */
function gelu(tape: Tape, x: Matrix): Matrix {
  const c = Math.sqrt(2 / Math.PI);
  const tanh = x.value.map((u) => Math.tanh(c * (u + 0.044715 * u ** 3)));
  const y = zeros(x.rows, x.cols);
  for (let i = 0; i < tanh.length; i++) y.value[i] = (x.value[i] * (1 + tanh[i])) / 2;
  tape.push(() => {
    for (let i = 0; i < tanh.length; i++) {
      const u = x.value[i];
      const slope = (1 + tanh[i]) / 2 + (u / 2) * (1 - tanh[i] ** 2) * c * (1 + 3 * 0.044715 * u ** 2);
      x.grad[i] += slope * y.grad[i];
    }
  });
  return y;
}

/** The mean over rows of log sum exp(x[r]) - x[r,target]. Its gradient is (softmax(x[r]) - onehot(target)) / rows. */
function crossentropy(tape: Tape, x: Matrix, targets: Int32Array): number {
  const { rows, cols } = x;
  let total = 0;
  targets.forEach((target, r) => {
    const p = x.value.slice(r * cols, (r + 1) * cols);
    total += softmax(p) - x.value[r * cols + target];
    tape.push(() => {
      addScaled(x.grad, r * cols, 1 / rows, p, 0, cols);
      x.grad[r * cols + target] -= 1 / rows;
    });
  });
  return total / rows;
}
