/**
 * dinp += dout weight;  dweight += dout^T inp;  dbias += column sums of dout        over the rows of (B,T)
 *
 * Shapes   inp, dinp (B,T,C); weight, dweight (OC,C); dbias (OC); dout (B,T,OC).
 * Numerics f32. The gradients are added to what is there; with OC = 0, or no rows, they come back as they were.
 * Error    |got - want| <= (2 sqrt(K) + 8) u (|before| + sum of the absolute values of the K terms that are added),
 *          u = 2^-24; K = OC for dinp, B T for dweight and dbias. As in matmul_forward: errors of a sum walk as sqrt(K).
 *          Where every partial sum is exact (../exact.ts), as on integers, on canaries and with K = 0, the bound is 0.
 * Work     4 B T C OC flop; compute bound.
 * Source   Higham 2002, chapter 3, for the error of a sum; names and layout follow llm.c.
 */
import { defineOp } from '../../src/contract/op.ts';
import { normal, stratified, uniform } from '../draws.ts';
import { canaries, canaryDraws, gridOf, grids, isExact } from '../exact.ts';
import forward from '../matmul_forward/op.ts';

const u = 2 ** -24;

export default defineOp({
  name: 'matmul_backward',
  about: 'the gradients of matmul_forward: dinp += dout weight, dweight += dout^T inp, dbias += sums of dout',
  dims: ['B', 'T', 'C', 'OC'],
  scalars: [],
  tensors: {
    dinp: { dtype: 'f32', role: 'inout', shape: (d) => [d.B, d.T, d.C] },
    dweight: { dtype: 'f32', role: 'inout', shape: (d) => [d.OC, d.C] },
    dbias: { dtype: 'f32', role: 'inout', shape: (d) => [d.OC] },
    dout: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.OC] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    weight: { dtype: 'f32', role: 'in', shape: (d) => [d.OC, d.C] },
  },
  cases: forward.cases,
  edges: forward.edges,
  drawCase: forward.drawCase,
  caseName: forward.caseName,
  flop: (d) => 4 * d.B * d.T * d.C * d.OC,
  distributions: forward.distributions,
  exact: forward.exact,
  /** As in matmul_forward. `integers`: dout is on one side of both products, inp and weight on the other. */
  draw({ dims: d, tensors: { dinp, dweight, dbias, dout, inp, weight }, rng, distribution, canaries: hidden }) {
    const all = [dinp, dweight, dbias, dout, inp, weight];
    if (distribution === 'normal') for (const x of all) normal(x, rng);
    if (distribution === 'normal' && hidden) {
      // Rows and columns of dout against columns of weight and inp; what is added to goes along.
      const { wide, narrow } = canaryDraws(Math.max(d.OC, d.B * d.T) + 1, rng);
      const [rows, ends, columns] = [d.B * d.T, d.OC, d.C].map((n) => canaries(n, rng));
      for (const r of rows) for (let o = 0; o < d.OC; o++) dout[r * d.OC + o] = narrow();
      for (const o of ends) for (let r = 0; r < d.B * d.T; r++) dout[r * d.OC + o] = narrow();
      for (const i of columns) {
        for (let o = 0; o < d.OC; o++) weight[o * d.C + i] = wide();
        for (let r = 0; r < d.B * d.T; r++) inp[r * d.C + i] = wide();
        for (const r of rows) dinp[r * d.C + i] = wide();
        for (const o of ends) dweight[o * d.C + i] = wide();
      }
    }
    if (distribution === 'uniform') for (const x of all) uniform(x, rng, 0, 1);
    if (distribution === 'stratified') for (const x of all) stratified(x, rng, 16);
    if (distribution !== 'integers') return;
    const factors = [inp, weight];
    const [wide, narrow] = rng.bits() & 1 ? [[dout], factors] : [factors, [dout]];
    const most = Math.min(2 ** 11, Math.floor(2 ** 23 / (Math.max(d.OC, d.B * d.T) + 1)));
    for (const x of [...wide, dinp, dweight, dbias]) {
      for (let i = 0; i < x.length; i++) x[i] = 2 * rng.int(-most, most - 1) + 1;
    }
    for (const x of narrow) for (let i = 0; i < x.length; i++) x[i] = rng.int(-1, 1);
  },
  bounds({ dims: d, inputs, truths }) {
    const [dout, inp, weight] = ['dout', 'inp', 'weight'].map((name) => inputs[name] as Float32Array);
    const R = d.B * d.T;
    const [rows, ends] = [grids(dout, R, d.OC, d.OC, 1), grids(dout, d.OC, 1, R, d.OC)];
    const [ofWeight, ofInp] = [grids(weight, d.C, 1, d.OC, d.C), grids(inp, d.C, 1, R, d.C)];
    const bound = (name: string, K: number, gridAt: (at: number) => number) => {
      const factor = (2 * Math.sqrt(K) + 8) * u;
      const { scale } = truths[name] as { scale: Float64Array };
      return scale.map((terms, at) =>
        isExact(terms, Math.min(gridAt(at), gridOf(inputs[name][at]))) ? 0 : factor * terms,
      );
    };
    return {
      dinp: bound('dinp', d.OC, (at) => rows[Math.floor(at / d.C)] + ofWeight[at % d.C]),
      dweight: bound('dweight', R, (at) => ends[Math.floor(at / d.C)] + ofInp[at % d.C]),
      dbias: bound('dbias', R, (at) => ends[at]),
    };
  },
});
