/**
 * out[b,t,:] = (inp[b,t,:] - mean[b,t]) * rstd[b,t] * weight + bias
 *
 * Shapes   inp, out (B,T,C); weight, bias (C); mean, rstd (B,T), kept for the backward pass.
 * Numerics f32; variance divides by C; rstd = 1 / sqrt(variance + 1e-5).
 * Error    s = 4 sqrt(C) + 16 stands for a sum of C terms, with room for the usual ways to take it; u = 2^-24.
 *            dmean = s u mean|x|                                    or (C / 2 + 16) u mean|x| of equal values, whose roundings may all
 *                                                                   go the same way, one addition after another
 *            dvar  = s u (var + (x0 - mean)^2 / 8) + dmean^2        a second pass, or one that is shifted by x0, the first
 *                  + 6 u mean|x| sqrt(var)                          of the row; or updates of both, where x is taken off a mean that
 *                                                                   was rounded by up to u |mean| at each of C steps: in var that
 *                                                                   makes sqrt(2/3) u |mean| sqrt(var), as a standard deviation,
 *                                                                   whatever C is. E[x^2] - mean^2 fails on an offset row
 *            drstd = rstd (dvar / (2 (var + eps)) + 4 u)
 *            dout  = |weight| rstd (dmean + |x - mean| (drstd / rstd + 4 u)) + u (|bias| + |out|)
 * Work     8 B T C flop; memory bound once vectorized: 2 B T C floats move.
 * Source   Ba et al. 2016, arXiv:1607.06450; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anySize, beside, normal, oneOf, rowClasses } from '../draws.ts';
import { models } from '../models.ts';

const layernorm = (B: number, T: number, C: number): Case<'B' | 'T' | 'C', never> => ({
  dims: { B, T, C },
  scalars: {},
});

const u = 2 ** -24;

export default defineOp({
  name: 'layernorm_forward',
  about: 'out = (inp - mean) rstd weight + bias, by rows of C',
  dims: ['B', 'T', 'C'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T, d.C] },
    mean: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T] },
    rstd: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    weight: { dtype: 'f32', role: 'in', shape: (d) => [d.C] },
    bias: { dtype: 'f32', role: 'in', shape: (d) => [d.C] },
  },
  cases: models.map(({ B, T, C }) => layernorm(B, T, C)),
  edges: [
    layernorm(1, 1, 1),
    layernorm(1, 1, 2),
    layernorm(2, 1, 3),
    layernorm(1, 3, 5),
    layernorm(3, 2, 13),
    layernorm(1, 5, 16),
    layernorm(2, 7, 31),
    layernorm(1, 2, 257),
  ],
  sizeClasses: rowClasses,
  drawCase(rng, sizeClass) {
    const [B, T, C] = [rng.int(1, 5), rng.int(1, 20), rng.int(1, 300)];
    if (sizeClass === 'many B') return layernorm(anySize(rng, 16, 400), rng.int(1, 5), rng.int(1, 60));
    if (sizeClass === 'long T') return layernorm(rng.int(1, 2), anySize(rng, 129, 2000), rng.int(1, 60));
    if (sizeClass === 'long rows') return layernorm(rng.int(1, 2), rng.int(1, 9), anySize(rng, 769, 6000));
    if (sizeClass === 'small') return layernorm(B, T, C);
    const timed = oneOf(rng, models);
    return layernorm(beside(rng, timed.B), beside(rng, timed.T), beside(rng, timed.C));
  },
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}`,
  flop: (d) => 8 * d.B * d.T * d.C,
  distributions: ['normal', 'offset', 'equal'],
  /** `offset`: rows far from zero, where a variance as a difference of squares drowns. `equal`: rows of one value each. */
  draw({ dims: d, tensors: t, rng, distribution }) {
    normal(t.weight, rng, 0.3, 1);
    normal(t.bias, rng, 0.3);
    normal(t.inp, rng);
    if (distribution === 'normal') return;
    for (let r = 0; r < d.B * d.T; r++) {
      const level = 300 * rng.normal();
      for (let i = r * d.C; i < (r + 1) * d.C; i++) t.inp[i] = distribution === 'equal' ? level : level + t.inp[i];
    }
  },
  bounds({ dims: d, distribution, inputs: { inp, weight, bias }, truths }) {
    const { B, T, C } = d;
    const s = (4 * Math.sqrt(C) + 16) * u;
    const bounds = { out: new Float64Array(B * T * C), mean: new Float64Array(B * T), rstd: new Float64Array(B * T) };
    for (let r = 0; r < B * T; r++) {
      const from = r * C;
      const mean = truths.mean.want[r];
      const rstd = truths.rstd.want[r];
      let absolute = 0;
      for (let i = 0; i < C; i++) absolute += Math.abs(inp[from + i]) / C;
      const dmean = Math.max(s, distribution === 'equal' ? (C / 2 + 16) * u : 0) * absolute;
      const spread = Math.sqrt(Math.max(0, rstd ** -2 - 1e-5));
      // var + eps = 1 / rstd^2
      const dvar = s * (rstd ** -2 + (inp[from] - mean) ** 2 / 8) + dmean ** 2 + 6 * u * absolute * spread;
      const relative = (dvar * rstd ** 2) / 2 + 4 * u;
      bounds.mean[r] = dmean;
      bounds.rstd[r] = rstd * relative;
      for (let i = 0; i < C; i++) {
        const off = Math.abs(inp[from + i] - mean);
        const dnorm = rstd * (dmean + off * (relative + 4 * u));
        bounds.out[from + i] =
          Math.abs(weight[i]) * dnorm + u * (Math.abs(bias[i]) + Math.abs(truths.out.want[from + i]));
      }
    }
    return bounds;
  },
});
