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
import { canaries, ExactSums, gridOf, isExact, productGrid, upTo } from '../exact.ts';
import forward from '../matmul_forward/op.ts';
import { walk } from '../rounding.ts';

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
  sizeClasses: forward.sizeClasses,
  drawCase: forward.drawCase,
  caseName: forward.caseName,
  flop: (d) => 4 * d.B * d.T * d.C * d.OC,
  distributions: forward.distributions,
  exact: forward.exact,
  /** As in matmul_forward, of both products, which have dout in common. */
  draw({ dims: d, tensors: { dinp, dweight, dbias, dout, inp, weight }, rng, distribution, canaries: hidden }) {
    const all = [dinp, dweight, dbias, dout, inp, weight];
    if (distribution === 'normal') for (const x of all) normal(x, rng);
    if (distribution === 'normal' && hidden) {
      const [rows, ends, columns] = [d.B * d.T, d.OC, d.C].map((n) => canaries(n, rng));
      drawExactly({ rows, ends, columns, unit: 2 ** -19 });
    }
    if (distribution === 'uniform') for (const x of all) uniform(x, rng, 0, 1);
    if (distribution === 'stratified') for (const x of all) stratified(x, rng, 16);
    if (distribution !== 'integers') return;
    const unit = 2 ** rng.int(-19, 0);
    for (const x of all) for (let i = 0; i < x.length; i++) x[i] = unit * rng.int(-9, 9);
    // In half of the rows dout is made for the sums of dinp, and inp is 0; in the others for those of dweight.
    const half = new Set(upTo(d.B * d.T).filter(() => rng.bits() & 1));
    drawExactly({ rows: [...half], ends: upTo(d.OC), columns: upTo(d.C), unit });
    for (const r of half) inp.fill(0, r * d.C, (r + 1) * d.C);

    function drawExactly({
      rows,
      ends,
      columns,
      unit,
    }: Record<'rows' | 'ends' | 'columns', readonly number[]> & { unit: number }) {
      const [ofDweight, ofDinp] = [d.B * d.T, d.OC].map((K) => new ExactSums(K, rng, unit, 2 ** 23));
      const isRow = new Set(rows);
      const before = () => unit * rng.int(-(2 ** 23), 2 ** 23);
      // Where a row meets a column of canaries, 0 suits both.
      const whole = ends.length === d.OC;
      for (const o of ends) ofDweight.draw(0, (r, value) => (dout[r * d.OC + o] = isRow.has(r) ? 0 : value));
      const isEnd = new Set(whole ? [] : ends);
      for (const r of rows) ofDinp.draw(0, (o, value) => (dout[r * d.OC + o] = isEnd.has(o) ? 0 : value));
      for (const i of columns) {
        ofDweight.draw(1, (r, value) => (inp[r * d.C + i] = value));
        ofDinp.draw(1, (o, value) => (weight[o * d.C + i] = value));
        for (const r of rows) dinp[r * d.C + i] = before();
        for (const o of ends) dweight[o * d.C + i] = before();
      }
    }
  },
  bounds({ dims: d, inputs, truths }) {
    const [dout, inp, weight] = ['dout', 'inp', 'weight'].map((name) => inputs[name] as Float32Array);
    const R = d.B * d.T;
    const columns = (X: Float32Array, count = d.C) => ({ X, count, step: 1, stride: count });
    const ofDinp = productGrid(d.OC, { X: dout, count: R, step: d.OC, stride: 1 }, columns(weight));
    const ofDweight = productGrid(R, columns(dout, d.OC), columns(inp));
    const ofDbias = productGrid(R, columns(dout, d.OC), { X: Float32Array.of(1), count: 1, step: 0, stride: 0 });
    const bound = (name: string, K: number, gridAt: (at: number) => number) => {
      const { scale } = truths[name] as { scale: Float64Array };
      return scale.map((terms, at) =>
        isExact(terms, Math.min(gridAt(at), gridOf(inputs[name][at]))) ? 0 : walk(K) * terms,
      );
    };
    return {
      dinp: bound('dinp', d.OC, (at) => ofDinp(Math.floor(at / d.C), at % d.C)),
      dweight: bound('dweight', R, (at) => ofDweight(Math.floor(at / d.C), at % d.C)),
      dbias: bound('dbias', R, (at) => ofDbias(at, 0)),
    };
  },
});
