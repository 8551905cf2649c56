/**
 * The contract of rmsnorm_forward: out[b,t,:] = inp[b,t,:] r weight,  r = 1 / sqrt(mean(inp[b,t,:]^2) + eps)
 *
 * Shapes   inp, out (B,T,C); weight (C); eps = 1e-5.
 * Error    in units of u = 2^-24, the relative error of one rounding to f32, to first order:
 *            mean(x^2)  s = 4 sqrt(C) + 16 stands for a sum of C terms, with room for the usual ways to take it. No term is negative,
 *                       so nothing cancels and s is a relative error. The squares and the quotient are part of it.
 *            r          a root halves a relative error: s / 2, and 3 for the sum with eps, the root and the quotient
 *            out        two products: 2 more, and 1 for a kernel that takes them in another order
 *          together |out| u (s / 2 + 6).
 * Work     4 B T C flop: a product and a sum for the mean, two products for out.
 * Source   Zhang and Sennrich 2019, arXiv:1910.07467.
 */
import { type Case, defineOp } from 'nfold/contract';
import { normal, stratified } from 'nfold/draws';

const shape = (B: number, T: number, C: number): Case<'B' | 'T' | 'C', never> => ({ dims: { B, T, C }, scalars: {} });

const u = 2 ** -24;

export default defineOp({
  name: 'rmsnorm_forward',
  about: 'out = inp / sqrt(mean(inp^2) + eps) weight, by rows of C',
  // Sizes, then tensors: the order in which `run` gets them.
  dims: ['B', 'T', 'C'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T, d.C] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    weight: { dtype: 'f32', role: 'in', shape: (d) => [d.C] },
  },
  // Verified and timed; the mean speedup is taken over these.
  cases: [shape(4, 32, 64), shape(4, 64, 128), shape(4, 64, 256), shape(8, 64, 192)],
  // Verified only: one of everything, primes, lengths that no vector divides.
  edges: [
    shape(1, 1, 1),
    shape(1, 1, 2),
    shape(2, 1, 3),
    shape(1, 3, 5),
    shape(3, 2, 13),
    shape(2, 7, 31),
    shape(1, 2, 257),
  ],
  // Verified only, other ones in each run, so that no kernel knows them.
  drawCase: (rng) => shape(rng.int(1, 5), rng.int(1, 20), rng.int(1, 300)),
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}`,
  flop: (d) => 4 * d.B * d.T * d.C,
  // The first is the one that is timed.
  distributions: ['normal', 'stratified', 'zero rows'],
  draw({ dims: d, tensors: t, rng, distribution }) {
    normal(t.weight, rng, 0.3, 1);
    if (distribution === 'stratified') stratified(t.inp, rng, 20);
    else normal(t.inp, rng);
    if (distribution === 'zero rows') for (let r = 0; r < d.B * d.T; r += 2) t.inp.fill(0, r * d.C, (r + 1) * d.C);
  },
  bounds({ dims: d, truths }) {
    const s = 4 * Math.sqrt(d.C) + 16;
    return { out: truths.out.want.map((want) => Math.abs(want) * u * (s / 2 + 6)) };
  },
});
