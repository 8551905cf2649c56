/**
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  g = grads, t = step
 * params -= learning_rate (m / c1 / (sqrt(v / c2) + eps) + weight_decay params),  c1 = 1 - beta1^t,  c2 = 1 - beta2^t
 *
 * Shapes   params, m, v, grads (N), N the number of parameters of a model; step (1), from 1 up.
 * Numerics f32, but c1 and c2 in f64, rounded once: an f32 power next to 1 loses up to ten bits in 1 - power. The scalars
 *          are the f32 numbers that the harness passes: 1 - beta is of those.
 * Error    p, m, v after the step, u = 2^-24, to first order, for every step and beta2 >= 1/2:
 *            dm = 4 u (|m before| + (1 - beta1) |g|)                two products and a sum, or m + (1 - beta1) (g - m)
 *            dv = 5 u v                                             every term is positive
 *            r  = sqrt(v / c2) is off by 5 u r, r + eps by 6 u: half of dv, c2 and its quotient, the root, the sum
 *            dp = 3 u |p before| (1 + learning_rate weight_decay)   decay as a term or as a factor, and the last sum
 *               + learning_rate (dm + 12 u |m|) / c1 / (r + eps)    6 u from r + eps; c1, and four quotients or products
 *               + u |p|
 *          Late steps: where p = 0 and g is small dp is 17 u of the update, and taking 1 for c2 costs half of beta2^t. So from step
 *          13 / (1 - beta2) on, 13,000 at 0.999, a correction that is 1, or a table that ends there, is honest rounding.
 * Work     16 N flop, a root and a quotient as one each; memory bound: 7 N floats move, 4 read and 3 written.
 * Source   Loshchilov and Hutter 2019, arXiv:1711.05101; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import type { Rng } from '../../src/contract/random.ts';
import { anyLength, anyStep, lateStep, latestStep, lengthClasses, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';
import { parameterCount } from '../train_gpt2/layout.ts';

const scalars = ['learning_rate', 'beta1', 'beta2', 'eps', 'weight_decay'] as const;
type Scalars = Record<(typeof scalars)[number], number>;

const usual: Scalars = { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01 };
const adamw = (N: number, special: Partial<Scalars> = {}): Case<'N', keyof Scalars> => ({
  dims: { N },
  scalars: { ...usual, ...special },
});

const drawScalars = (rng: Rng): Scalars => ({
  learning_rate: 1e-4 * rng.int(1, 100),
  beta1: 1 - 10 ** (-2 * rng.unit()),
  beta2: 1 - 10 ** (-1 - 3 * rng.unit()),
  eps: 10 ** rng.int(-10, -4),
  weight_decay: 0.01 * rng.int(0, 9),
});

const u = 2 ** -24;

export default defineOp({
  name: 'adamw',
  about: 'one step of AdamW: both moments, and the parameters by them',
  dims: ['N'],
  scalars,
  tensors: {
    params: { dtype: 'f32', role: 'inout', shape: (d) => [d.N] },
    m: { dtype: 'f32', role: 'inout', shape: (d) => [d.N] },
    v: { dtype: 'f32', role: 'inout', shape: (d) => [d.N] },
    grads: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
    step: { dtype: 'i32', role: 'in', shape: () => [1] },
  },
  // The first two models: 1.9 MB and 13.3 MB in four arrays. The larger ones would tell no more.
  cases: models.slice(0, 2).map((model) => adamw(parameterCount(model))),
  edges: [
    ...[0, 1, 2, 3, 4, 15, 16, 17, 67].map((N) => adamw(N)),
    adamw(31, { weight_decay: 0 }),
    adamw(33, { learning_rate: 0.3, weight_decay: 0.1 }),
    adamw(64, { beta1: 0.5, beta2: 0.95, eps: 1e-5 }),
    adamw(127, { beta1: 0, learning_rate: 3e-4 }),
    adamw(1009),
  ],
  sizeClasses: lengthClasses,
  drawCase: (rng, sizeClass) => adamw(anyLength(rng, sizeClass), drawScalars(rng)),
  vary: ({ dims }, rng) => [{ dims, scalars: drawScalars(rng) }],
  caseName: ({ dims: d }) => `N${d.N}`,
  flop: (d) => 16 * d.N,
  distributions: ['running', 'fresh', 'stratified', 'latest', 'late'],
  /**
   * `running`: a state in mid-run, at any step. `fresh`: step 1, moments of zero. `stratified`: all sizes, below eps and p = 0
   * included, at an early step, where 1 - beta2^t is small and p = 0 lets its error show. `late`, `latest`: such steps, every other p = 0.
   */
  draw({ tensors: t, rng, distribution }) {
    const [fresh, early] = [() => 1, () => rng.int(2, 9)];
    const steps: Record<string, (rng: Rng) => number> = {
      fresh,
      stratified: early,
      latest: latestStep,
      late: lateStep,
    };
    t.step[0] = (steps[distribution] ?? anyStep)(rng);
    if (distribution === 'stratified') {
      stratified(t.params, rng, 20);
      for (const x of [t.m, t.v, t.grads]) stratified(x, rng, 30);
      for (let i = 0; i < t.v.length; i++) t.v[i] *= t.v[i];
      return;
    }
    uniform(t.params, rng, -0.1, 0.1);
    if (/^late/.test(distribution)) for (let i = 0; i < t.params.length; i += 2) t.params[i] = 0;
    uniform(t.grads, rng, -0.003, 0.003);
    if (distribution === 'fresh') for (const moment of [t.m, t.v]) moment.fill(0);
    else {
      uniform(t.m, rng, -0.001, 0.001);
      uniform(t.v, rng, 1e-7, 1e-6);
    }
  },
  bounds({ scalars: s, inputs, truths }) {
    const [p, m, v] = [truths.params.want, truths.m.want, truths.v.want];
    const c1 = 1 - s.beta1 ** inputs.step[0];
    const c2 = 1 - s.beta2 ** inputs.step[0];
    const dm = m.map((_, i) => 4 * u * (Math.abs(inputs.m[i]) + (1 - s.beta1) * Math.abs(inputs.grads[i])));
    const dp = p.map((after, i) => {
      const moved = (dm[i] + 12 * u * Math.abs(m[i])) / c1 / (Math.sqrt(v[i] / c2) + s.eps);
      const decayed = 3 * u * Math.abs(inputs.params[i]) * (1 + s.learning_rate * s.weight_decay);
      return decayed + s.learning_rate * moved + u * Math.abs(after);
    });
    return { params: dp, m: dm, v: v.map((after) => 5 * u * after) };
  },
});
