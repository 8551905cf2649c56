/**
 * One whole training step of a GPT-2: forward, backward, AdamW.
 *
 *   x0      = wte[tokens] + wpe
 *   per layer: x += attproj(attention(qkv(layernorm(x))));  x += fcproj(gelu(fc(layernorm(x))))
 *   logits  = layernorm(x) * wte^T        (the head is tied to the token embedding)
 *   loss    = mean over B*T of -log softmax(logits)[target]
 *   m       = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   params -= learning_rate (m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) + eps) + weight_decay params)
 *
 * Shapes   params, m, v: one flat array of the parts that ./layout.ts names; tokens, targets (B,T); step (1), from 1 up;
 *          loss (1). NH divides C; hs = C / NH. T is also the number of rows of wpe.
 * Numerics f32; layernorm eps 1e-5 and variance over C; attention scaled by 1/sqrt(hs), causal; GELU in its tanh form;
 *          weight decay on every parameter, as in llm.c.
 * Error    bounds.ts: 4 times the baseline's own error in m, part by part, and from there through AdamW by its derivatives.
 * Work     6 flop per parameter of the matmuls (head included) and token, and 12 L C T^2/2 per sequence for attention.
 * Source   Radford et al. 2019; Loshchilov and Hutter 2019, arXiv:1711.05101; names and layout follow llm.c.
 */
import { type Case, type DrawContext, defineOp, type Part } from '../../src/contract/op.ts';
import type { Rng } from '../../src/contract/random.ts';
import { anySize, anyStep, ids, lateStep, latestStep } from '../draws.ts';
import { models } from '../models.ts';
import { stepBounds } from './bounds.ts';
import { parameterCount, parameterParts } from './layout.ts';

const dims = ['B', 'T', 'L', 'C', 'NH', 'V'] as const;
const scalars = ['learning_rate', 'beta1', 'beta2', 'eps', 'weight_decay'] as const;
type Dim = (typeof dims)[number];
type GptCase = Case<Dim, (typeof scalars)[number]>;
type Tokens = Record<'tokens' | 'targets', { dtype: 'i32' }>;

type Scalars = Record<(typeof scalars)[number], number>;
const usual: Scalars = { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01 };

function gpt(B: number, T: number, L: number, C: number, NH: number, special: Partial<Scalars> = {}, V = 256): GptCase {
  return { dims: { B, T, L, C, NH, V }, scalars: { ...usual, ...special } };
}

const drawScalars = (rng: Rng): Scalars => ({
  // No larger than usual: the bound on a short training run holds for as long as AdamW has moved a parameter by little.
  learning_rate: 1e-4 * rng.int(1, 10),
  beta1: 0.01 * rng.int(80, 95),
  beta2: 1 - 10 ** (-1 - 3 * rng.unit()),
  eps: 10 ** rng.int(-9, -5),
  weight_decay: 0.01 * rng.int(0, 9),
});

const cases: GptCase[] = models.map((dims) => ({ dims, scalars: usual }));

const edges = [
  gpt(1, 1, 1, 4, 1),
  gpt(1, 2, 1, 6, 3),
  gpt(2, 1, 2, 8, 2),
  gpt(1, 7, 1, 20, 5, { learning_rate: 3e-4, weight_decay: 0.1 }),
  gpt(3, 5, 2, 12, 1, {}, 263),
  gpt(2, 17, 1, 36, 3, { beta1: 0.8, beta2: 0.95, eps: 1e-5 }),
  gpt(1, 33, 2, 40, 2),
];

function flop(d: GptCase['dims']): number {
  const matmulParameters = d.L * 12 * d.C * d.C + d.V * d.C;
  return 6 * d.B * d.T * (matmulParameters + d.L * d.C * (d.T + 1));
}

export default defineOp({
  name: 'train_gpt2',
  about: 'one training step of a small GPT-2: forward, backward, AdamW',
  dims,
  scalars,
  tensors: {
    params: { dtype: 'f32', role: 'inout', shape: (d) => [parameterCount(d)] },
    m: { dtype: 'f32', role: 'inout', shape: (d) => [parameterCount(d)] },
    v: { dtype: 'f32', role: 'inout', shape: (d) => [parameterCount(d)] },
    tokens: { dtype: 'i32', role: 'in', shape: (d) => [d.B, d.T] },
    targets: { dtype: 'i32', role: 'in', shape: (d) => [d.B, d.T] },
    step: { dtype: 'i32', role: 'in', shape: () => [1] },
    loss: { dtype: 'f32', role: 'out', shape: () => [1] },
  },
  cases,
  edges,
  needsBaseline: true,
  needsText: true,
  carries: ['params', 'm', 'v'],
  sizeClasses: ['small', 'small', 'small', 'one token', 'many heads', 'large V', 'as timed'],
  drawCase(rng, sizeClass) {
    const isLarge = sizeClass === 'as timed';
    const draw = (): GptCase => {
      const NH = rng.int(1, sizeClass === 'many heads' ? 16 : isLarge ? 8 : 4);
      const [B, L] = [rng.int(1, isLarge ? 2 : 3), rng.int(1, isLarge ? 3 : 2)];
      const T = sizeClass === 'one token' ? 1 : isLarge ? anySize(rng, 32, 128) : rng.int(1, 24);
      // From C = 8 up: a layernorm of two or three elements has gradients that are nothing but rounding.
      const C = NH * (isLarge ? rng.int(Math.ceil(64 / NH), Math.floor(256 / NH)) : rng.int(Math.ceil(8 / NH), 12));
      const bytes = !isLarge && rng.bits() & 1;
      const V =
        sizeClass === 'large V' ? anySize(rng, 301, 5000) : bytes ? 256 : anySize(rng, 257, isLarge ? 600 : 300);
      return gpt(B, T, L, C, NH, drawScalars(rng), V);
    };
    // As wide as the timed ones, and no more work than the least of them, which takes an oracle a fifth of a second.
    const most = isLarge ? 1.5 * flop(cases[0].dims) : Number.POSITIVE_INFINITY;
    let drawn = draw();
    while (flop(drawn.dims) > most) drawn = draw();
    return drawn;
  },
  vary: ({ dims }, rng) => [{ dims, scalars: drawScalars(rng) }],
  caseName: ({ dims: d }) => `B${d.B}T${d.T}L${d.L}C${d.C}NH${d.NH}V${d.V}`,
  flop,
  distributions: ['trained', 'init', 'far', 'late'],
  /**
   * `init` is a fresh GPT-2: weights N(0, 0.02), moments zero, step 1. `trained` is a state in mid-run, where every gradient
   * has a size that shows: moments that are not zero keep the division in AdamW well conditioned. `far` is the same with scores
   * and logits near 110, all of them, which a softmax does not see, and exp in f32 overflows at; the steps are the latest. `late` is
   * `trained` at a late step, on ids of any kind: most bytes are in no text.
   */
  draw(context) {
    const { dims: d, tensors: t, rng, distribution } = context;
    const trained = distribution !== 'init';
    for (const part of parameterParts(d)) {
      const gain = /^ln(1|2|f)w$/.test(part.name);
      const bias = part.name.endsWith('b');
      const spread = trained ? (gain || bias ? 0.1 : 0.08) : gain || bias ? 0 : 0.02;
      for (let i = part.offset; i < part.offset + part.length; i++)
        t.params[i] = (gain ? 1 : 0) + spread * rng.normal();
    }
    if (distribution === 'far') moveAway(t.params, d);
    for (let i = 0; i < t.m.length; i++) {
      t.m[i] = trained ? 1e-3 * rng.normal() : 0;
      t.v[i] = trained ? 1e-6 * (0.1 + rng.unit()) : 0;
    }
    const steps: Record<string, (rng: Rng) => number> = { init: () => 1, far: latestStep, late: lateStep };
    t.step[0] = (steps[distribution] ?? anyStep)(rng);
    drawBatch(context);
    if (distribution === 'late') for (const tensor of [t.tokens, t.targets]) ids(tensor, rng, d.V);
  },
  drawNext(context) {
    const { step } = context.tensors;
    // From a drawn state, any step: a call whose state is drawn afresh must not stand out among the others.
    step[0] = context.distribution === 'init' ? step[0] + 1 : anyStep(context.rng);
    drawBatch(context);
  },
  bounds: stepBounds,
  parts: partsOf,
});

function partsOf(tensor: string, d: GptCase['dims']) {
  return tensor === 'loss' ? [{ name: 'loss', offset: 0, length: 1 }] : parameterParts(d);
}

/** By what all queries and keys, and all rows of wte and the final bias, have in common. */
function moveAway(params: Float32Array, d: GptCase['dims']): void {
  const far = 110;
  const common = Math.sqrt(far / Math.sqrt(d.C / d.NH));
  const add = (name: string, value: (i: number) => number) => {
    const { offset, length } = parameterParts(d).find((part) => part.name === name) as Part;
    for (let i = 0; i < length; i++) params[offset + i] += value(i);
  };
  add('qkvb', (i) => (i % (3 * d.C) < 2 * d.C ? common : 0));
  add('wte', () => 0.5);
  add('lnfb', () => far / (0.5 * d.C));
}

/** B*T consecutive bytes of the text and, as targets, the same one further on. */
function drawBatch({ dims: d, tensors: t, rng, text }: DrawContext<Dim, string, Tokens>): void {
  const span = d.B * d.T;
  const start = rng.int(0, text.length - span - 1);
  for (let i = 0; i < span; i++) {
    t.tokens[i] = text[start + i];
    t.targets[i] = text[start + i + 1];
  }
}
