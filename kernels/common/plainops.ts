/**
 * The ops of a training step that are no products of matrices, in plain loops and with the baseline's arithmetic.
 *
 * Shapes   x, y, dx, dy (rows,C); weight, bias, sums (C); stats (rows,2); tokens, targets (rows); logits (rows,V); wte (V,C); wpe (T,C).
 * Numerics sums in f64; layernorm's variance divides by C, with eps 1e-5 inside the root; GELU in its tanh form.
 * Source   karpathy/llm.c, train_gpt2.c; the formulas are those of baselines/train_gpt2/op.ts.
 */

type Floats = Float32Array;

/** x[r,:] = wte[tokens[r],:] + wpe[r mod T,:] */
export function embed(x: Floats, tokens: Int32Array, wte: Floats, wpe: Floats, C: number): void {
  for (let r = 0; r < tokens.length; r++) {
    const token = tokens[r] * C;
    const position = (r * C) % wpe.length;
    for (let i = 0; i < C; i++) x[r * C + i] = wte[token + i] + wpe[position + i];
  }
}

export function embedBackward(dwte: Floats, dwpe: Floats, dx: Floats, tokens: Int32Array, C: number): void {
  for (let r = 0; r < tokens.length; r++) {
    const token = tokens[r] * C;
    const position = (r * C) % dwpe.length;
    for (let i = 0; i < C; i++) {
      dwte[token + i] += dx[r * C + i];
      dwpe[position + i] += dx[r * C + i];
    }
  }
}

/** x += y */
export function add(x: Floats, y: Floats): void {
  for (let i = 0; i < x.length; i++) x[i] += y[i];
}

/** x[r,:] += bias */
export function addToRows(x: Floats, bias: Floats): void {
  const C = bias.length;
  for (let at = 0; at < x.length; at += C) for (let i = 0; i < C; i++) x[at + i] += bias[i];
}

/** sums += the rows of x */
export function addRows(sums: Floats, x: Floats): void {
  const C = sums.length;
  for (let at = 0; at < x.length; at += C) for (let i = 0; i < C; i++) sums[i] += x[at + i];
}

/** y = (x - mean) rstd weight + bias; mean and rstd of row r are stats[2 r] and the next. */
export function layernorm(y: Floats, stats: Floats, x: Floats, weight: Floats, bias: Floats): void {
  const C = weight.length;
  for (let r = 0; r < x.length / C; r++) {
    const at = r * C;
    let sum = 0;
    for (let i = 0; i < C; i++) sum += x[at + i];
    const mean = sum / C;
    let squares = 0;
    for (let i = 0; i < C; i++) squares += (x[at + i] - mean) ** 2;
    const rstd = 1 / Math.sqrt(squares / C + 1e-5);
    for (let i = 0; i < C; i++) y[at + i] = (x[at + i] - mean) * rstd * weight[i] + bias[i];
    stats[2 * r] = mean;
    stats[2 * r + 1] = rstd;
  }
}

/** Adds to dx, dweight and dbias what dy, the gradient of a layernorm's output, makes of theirs. */
export function layernormBackward(
  dx: Floats,
  dweight: Floats,
  dbias: Floats,
  dy: Floats,
  x: Floats,
  weight: Floats,
  stats: Floats,
): void {
  const C = weight.length;
  for (let r = 0; r < x.length / C; r++) {
    const at = r * C;
    const mean = stats[2 * r];
    const rstd = stats[2 * r + 1];
    let sum = 0;
    let dot = 0;
    for (let i = 0; i < C; i++) {
      const dnorm = weight[i] * dy[at + i];
      sum += dnorm;
      dot += dnorm * (x[at + i] - mean) * rstd;
    }
    sum /= C;
    dot /= C;
    for (let i = 0; i < C; i++) {
      const d = dy[at + i];
      const norm = (x[at + i] - mean) * rstd;
      dbias[i] += d;
      dweight[i] += norm * d;
      dx[at + i] += (weight[i] * d - sum - norm * dot) * rstd;
    }
  }
}

const slope = Math.sqrt(2 / Math.PI);

export function gelu(y: Floats, x: Floats): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    y[i] = 0.5 * value * (1 + Math.tanh(slope * (value + 0.044715 * value ** 3)));
  }
}

/** d holds the gradient of gelu(x), and then that of x. */
export function geluBackward(d: Floats, x: Floats): void {
  for (let i = 0; i < x.length; i++) {
    const square = x[i] * x[i];
    const tanh = Math.tanh(slope * x[i] * (1 + 0.044715 * square));
    const inner = slope * (1 + 3 * 0.044715 * square);
    d[i] *= 0.5 * (1 + tanh) + 0.5 * x[i] * (1 - tanh * tanh) * inner;
  }
}

/** x = softmax(scale x) for n elements from `at` on; returns the logarithm of the sum of exp(scale x). */
export function softmax(x: Floats, at: number, n: number, scale: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + n; i++) if (x[i] > most) most = x[i];
  let sum = 0;
  for (let i = at; i < at + n; i++) {
    const e = Math.exp(scale * (x[i] - most));
    sum += e;
    x[i] = e;
  }
  const inverse = 1 / sum;
  for (let i = at; i < at + n; i++) x[i] *= inverse;
  return Math.log(sum) + scale * most;
}

/** d holds the gradient of p = softmax(scale x), and then that of x; n elements from `at` on. */
export function softmaxBackward(d: Floats, p: Floats, at: number, n: number, scale: number): void {
  let dot = 0;
  for (let i = at; i < at + n; i++) dot += p[i] * d[i];
  for (let i = at; i < at + n; i++) d[i] = scale * p[i] * (d[i] - dot);
}

/** The mean of -log softmax(logits)[target] over the rows; leaves its gradient in the place of the logits. */
export function crossentropy(logits: Floats, targets: Int32Array): number {
  const rows = targets.length;
  const V = logits.length / rows;
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const target = r * V + targets[r];
    const logit = logits[target];
    loss += (softmax(logits, r * V, V, 1) - logit) / rows;
    logits[target] -= 1;
    for (let i = r * V; i < r * V + V; i++) logits[i] /= rows;
  }
  return loss;
}

interface AdamW {
  readonly learning_rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weight_decay: number;
}

export function adamw(params: Floats, m: Floats, v: Floats, grads: Floats, step: number, scalars: AdamW): void {
  const { learning_rate, beta1, beta2, eps, weight_decay } = scalars;
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  for (let i = 0; i < params.length; i++) {
    const grad = grads[i];
    const first = beta1 * m[i] + (1 - beta1) * grad;
    const second = beta2 * v[i] + (1 - beta2) * grad * grad;
    const direction = first / correction1 / (Math.sqrt(second / correction2) + eps);
    m[i] = first;
    v[i] = second;
    params[i] -= learning_rate * (direction + weight_decay * params[i]);
  }
}
