/**
 * dinp += (g - mean(g) - n mean(g n)) rstd;  dweight += n dout;  dbias += dout
 *
 * with n = (inp - mean) rstd and g = weight dout; the means of g run over C, the sums of dweight and dbias over B and T.
 *
 * Shapes   dinp, dout, inp (B,T,C); weight, dweight, dbias (C); mean, rstd (B,T), from the forward pass.
 * Numerics f32; gradients are added to what dinp, dweight and dbias hold. mean is taken off inp before anything else is
 *          done: inp rstd - mean rstd loses all digits of a row that is far from zero.
 * Error    a sum of K terms errs by s(K) = (2 sqrt(K) + 8) u times the sum of their absolute values, u = 2^-24; the 8
 *          covers the roundings within a term, of which n has two, g one, and their product and its factors the rest.
 *            ddinp    = s(C) rstd (|g| + mean|g| + |n| mean|g n|) + 2 u (|before| + |want|)
 *            ddweight = s(B T) (|before| + sum |n dout|)
 *            ddbias   = s(B T) (|before| + sum |dout|)
 *          Where every term is 0, nothing is added, and the bound is 0.
 * Work     16 B T C flop; memory bound once vectorized: 4 B T C floats move.
 * Source   karpathy/llm.c, train_gpt2.c: layernorm_backward.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { normal, uniform } from '../draws.ts';
import forward from '../layernorm_forward/op.ts';
import { models } from '../models.ts';
import { walk as s } from '../rounding.ts';

const layernorm = (B: number, T: number, C: number): Case<'B' | 'T' | 'C', never> => ({
  dims: { B, T, C },
  scalars: {},
});

const u = 2 ** -24;

export default defineOp({
  name: 'layernorm_backward',
  about: 'dinp, dweight, dbias += the gradients of layernorm_forward',
  dims: ['B', 'T', 'C'],
  scalars: [],
  tensors: {
    dinp: { dtype: 'f32', role: 'inout', shape: (d) => [d.B, d.T, d.C] },
    dweight: { dtype: 'f32', role: 'inout', shape: (d) => [d.C] },
    dbias: { dtype: 'f32', role: 'inout', shape: (d) => [d.C] },
    dout: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    weight: { dtype: 'f32', role: 'in', shape: (d) => [d.C] },
    mean: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T] },
    rstd: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T] },
  },
  cases: models.map(({ B, T, C }) => layernorm(B, T, C)),
  edges: [
    layernorm(0, 3, 4),
    layernorm(1, 1, 1),
    layernorm(1, 1, 2),
    layernorm(2, 1, 3),
    layernorm(1, 3, 5),
    layernorm(3, 2, 13),
    layernorm(1, 5, 16),
    layernorm(2, 7, 31),
    layernorm(5, 13, 24),
    layernorm(2, 3, 47),
    layernorm(1, 2, 257),
  ],
  sizeClasses: forward.sizeClasses,
  drawCase: forward.drawCase,
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}`,
  flop: (d) => 16 * d.B * d.T * d.C,
  distributions: ['normal', 'offset', 'equal'],
  /** `offset`: rows far from zero. `equal`: rows of one value each, so that rstd is 316 and n is 0. */
  draw({ dims: { B, T, C }, tensors: t, rng, distribution }) {
    normal(t.inp, rng);
    normal(t.weight, rng, 0.3, 1);
    uniform(t.dout, rng);
    for (const gradient of [t.dinp, t.dweight, t.dbias]) uniform(gradient, rng);
    for (let r = 0; r < B * T; r++) {
      const row = t.inp.subarray(r * C, (r + 1) * C);
      const level = distribution === 'normal' ? 0 : 300 * rng.normal();
      if (distribution === 'equal') row.fill(level);
      else for (let i = 0; i < C; i++) row[i] += level;
      let mean = 0;
      for (let i = 0; i < C; i++) mean += row[i] / C;
      let variance = 0;
      for (let i = 0; i < C; i++) variance += (row[i] - mean) ** 2 / C;
      t.mean[r] = mean;
      t.rstd[r] = 1 / Math.sqrt(variance + 1e-5);
    }
  },
  bounds({ dims: { B, T, C }, inputs: { dinp }, truths }) {
    const scale = (name: string) => truths[name].scale as Float64Array;
    const { want } = truths.dinp;
    return {
      dinp: scale('dinp').map((terms, i) => s(C) * terms + 2 * u * (Math.abs(dinp[i]) + Math.abs(want[i]))),
      dweight: scale('dweight').map((terms) => s(B * T) * terms),
      dbias: scale('dbias').map((terms) => s(B * T) * terms),
    };
  },
});
