/**
 * out[b,t,o] = bias[o] + inp[b,t,:] . weight[o,:]
 *
 * Shapes   inp (B,T,C); weight (OC,C); bias (OC); out (B,T,OC). B and T enter only as the number of rows, B T.
 * Numerics f32. C = 0 leaves the bias.
 * Error    |got - want| <= (2 sqrt(C) + 8) u (|inp| . |weight| + |bias|), u = 2^-24: rounding errors of a sum of C terms
 *          walk as sqrt(C), and no order of summation that anyone uses comes near this bound, while a dropped term or
 *          half-precision inputs pass it by orders of magnitude. Where every partial sum is exact (../exact.ts), as on
 *          integers, on canaries and with C = 0, the bound is 0.
 * Work     2 B T C OC flop; compute bound.
 * Source   Higham 2002, chapter 3, for the error of a sum; names and layout follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anySize, beside, normal, oneOf, stratified, uniform } from '../draws.ts';
import { canaries, ExactSums, gridOf, isExact, productGrid, upTo } from '../exact.ts';
import { models } from '../models.ts';
import { walk } from '../rounding.ts';

type MatmulCase = Case<'B' | 'T' | 'C' | 'OC', never>;

const matmul = (B: number, T: number, C: number, OC: number): MatmulCase => ({ dims: { B, T, C, OC }, scalars: {} });

/** All matmuls of a step of one model (qkv, attproj, fc, fcproj and the head), and the widest of each other one. */
const widest = models.map(({ B, T, C }) => matmul(B, T, C, 4 * C));
const { B, T, C, V } = models[1];
const cases = [
  matmul(B, T, C, 3 * C),
  matmul(B, T, C, C),
  matmul(B, T, 4 * C, C),
  matmul(B, T, C, V),
  // Equal numbers of rows make equal products.
  ...widest.filter((c, i) => widest.findIndex((other) => sameProduct(c, other)) === i),
];

function sameProduct({ dims: a }: MatmulCase, { dims: b }: MatmulCase): boolean {
  return a.B * a.T === b.B * b.T && a.C === b.C && a.OC === b.OC;
}

const edges = [
  matmul(2, 0, 3, 5),
  matmul(1, 2, 3, 0),
  matmul(1, 3, 0, 17),
  matmul(1, 1, 1, 1),
  matmul(1, 1, 9, 17),
  matmul(19, 1, 5, 1),
  matmul(1, 6, 1, 16),
  matmul(3, 2, 2, 3),
  matmul(1, 7, 13, 11),
  matmul(2, 6, 8, 32),
  matmul(1, 13, 19, 17),
  matmul(2, 1, 31, 67),
  matmul(5, 5, 33, 48),
  matmul(1, 97, 16, 7),
  matmul(3, 17, 53, 61),
  matmul(1, 18, 257, 16),
];

export default defineOp({
  name: 'matmul_forward',
  about: 'out = inp weight^T + bias, weight stored by rows of C',
  dims: ['B', 'T', 'C', 'OC'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T, d.OC] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    weight: { dtype: 'f32', role: 'in', shape: (d) => [d.OC, d.C] },
    bias: { dtype: 'f32', role: 'in', shape: (d) => [d.OC] },
  },
  cases,
  edges,
  sizeClasses: ['small', 'small', 'small', 'many B', 'long T', 'long C', 'long OC', 'all long', 'beside a timed one'],
  drawCase(rng, sizeClass) {
    const [B, T, C, OC] = [rng.int(1, 3), rng.int(1, 40), rng.int(1, 90), rng.int(1, 90)];
    const long = () => anySize(rng, 1025, 3000);
    if (sizeClass === 'small') return matmul(B, T, C, OC);
    if (sizeClass === 'many B') return matmul(anySize(rng, 16, 400), rng.int(1, 5), C, OC);
    if (sizeClass === 'long T') return matmul(1, long(), rng.int(1, 40), rng.int(1, 40));
    if (sizeClass === 'long C') return matmul(B, T, long(), rng.int(1, 40));
    if (sizeClass === 'long OC') return matmul(B, T, rng.int(1, 40), long());
    if (sizeClass === 'all long') {
      return matmul(rng.int(1, 3), anySize(rng, 91, 200), anySize(rng, 91, 600), anySize(rng, 91, 600));
    }
    const { dims: timed } = oneOf(rng, cases);
    return matmul(timed.B, beside(rng, timed.T), beside(rng, timed.C), beside(rng, timed.OC));
  },
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}OC${d.OC}`,
  flop: (d) => 2 * d.B * d.T * d.C * d.OC,
  distributions: ['normal', 'uniform', 'stratified', 'integers'],
  exact: 'integers',
  /**
   * `uniform`: in [0, 1), so that sums grow and nothing cancels. `integers`: sums of nearly 24 bits, of which f32 rounds none.
   */
  draw({ dims: d, tensors: { inp, weight, bias }, rng, distribution, canaries: hidden }) {
    const all = [inp, weight, bias];
    if (distribution === 'normal') for (const x of all) normal(x, rng);
    if (distribution === 'normal' && hidden) {
      drawExactly(canaries(d.B * d.T, rng), canaries(d.OC, rng), 2 ** -19);
    }
    if (distribution === 'uniform') for (const x of all) uniform(x, rng, 0, 1);
    if (distribution === 'stratified') for (const x of all) stratified(x, rng, 16);
    if (distribution !== 'integers') return;
    drawExactly(upTo(d.B * d.T), upTo(d.OC), 2 ** rng.int(-19, 0));

    function drawExactly(rows: readonly number[], columns: readonly number[], unit: number): void {
      const sums = new ExactSums(d.C, rng, unit, 2 ** 23);
      for (const r of rows) sums.draw(0, (i, value) => (inp[r * d.C + i] = value));
      for (const o of columns) {
        sums.draw(1, (i, value) => (weight[o * d.C + i] = value));
        bias[o] = unit * rng.int(-(2 ** 23), 2 ** 23);
      }
    }
  },
  bounds({ dims: d, inputs, truths }) {
    const lines = (X: Float32Array, count: number) => ({ X, count, step: d.C, stride: 1 });
    const [inp, weight] = [inputs.inp as Float32Array, inputs.weight as Float32Array];
    const product = productGrid(d.C, lines(inp, d.B * d.T), lines(weight, d.OC));
    const biases = Float64Array.from(inputs.bias, gridOf);
    const { scale } = truths.out as { scale: Float64Array };
    const bounds = scale.map((terms, at) => {
      const o = at % d.OC;
      const grid = Math.min(product((at - o) / d.OC, o), biases[o]);
      return isExact(terms, grid) ? 0 : walk(d.C) * terms;
    });
    return { out: bounds };
  },
});
