/**
 * out[b,t,:] = wte[inp[b,t],:] + wpe[t,:]
 *
 * Shapes   out (B,T,C); inp (B,T), ids below V; wte (V,C); wpe (T,C).
 * Numerics f32: one addition an element.
 * Error    2 u |out|, u = 2^-24: one rounding is half of it. Sums of small integers are exact, and the bound there is 0.
 * Work     B T C flop; bound by memory or cache: at least B T C floats are written, and T C read.
 * Source   Radford et al. 2019; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anySize, beside, ids, oneOf, rowClasses, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';

const encoder = (B: number, T: number, C: number, V: number): Case<'B' | 'T' | 'C' | 'V', never> => ({
  dims: { B, T, C, V },
  scalars: {},
});

const u = 2 ** -24;

export default defineOp({
  name: 'encoder_forward',
  about: 'out = a row of the token embedding + a row of the position embedding',
  dims: ['B', 'T', 'C', 'V'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T, d.C] },
    inp: { dtype: 'i32', role: 'in', shape: (d) => [d.B, d.T] },
    wte: { dtype: 'f32', role: 'in', shape: (d) => [d.V, d.C] },
    wpe: { dtype: 'f32', role: 'in', shape: (d) => [d.T, d.C] },
  },
  cases: models.map(({ B, T, C, V }) => encoder(B, T, C, V)),
  edges: [
    encoder(0, 3, 4, 2),
    encoder(1, 1, 1, 1),
    encoder(2, 1, 3, 5),
    encoder(1, 5, 4, 2),
    encoder(3, 7, 13, 11),
    encoder(2, 3, 16, 7),
    encoder(5, 2, 31, 3),
    encoder(2, 9, 83, 29),
    encoder(1, 4, 257, 6),
  ],
  sizeClasses: [...rowClasses, 'large V'],
  drawCase(rng, sizeClass) {
    if (sizeClass === 'small') return encoder(rng.int(1, 5), rng.int(1, 40), rng.int(1, 90), rng.int(1, 70));
    if (sizeClass === 'many B') return encoder(anySize(rng, 16, 400), rng.int(1, 5), rng.int(1, 40), rng.int(1, 70));
    if (sizeClass === 'long T') return encoder(rng.int(1, 2), anySize(rng, 129, 2000), rng.int(1, 40), rng.int(1, 70));
    if (sizeClass === 'long rows')
      return encoder(rng.int(1, 2), rng.int(1, 9), anySize(rng, 769, 6000), rng.int(1, 20));
    if (sizeClass === 'large V')
      return encoder(rng.int(1, 3), rng.int(1, 40), rng.int(1, 16), anySize(rng, 257, 60_000));
    const timed = oneOf(rng, models);
    const [B, T, C, V] = [timed.B, timed.T, timed.C, timed.V].map((size) => beside(rng, size));
    return encoder(B, T, C, V);
  },
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}V${d.V}`,
  flop: (d) => d.B * d.T * d.C,
  distributions: ['text', 'repeated', 'stratified', 'integers'],
  exact: 'integers',
  /** `text`: some ids far more often than others. `repeated`: one to three ids. `stratified`: sums that cancel or absorb. */
  draw({ dims: d, tensors: t, rng, distribution }) {
    const some = distribution === 'repeated' ? Math.min(d.V, rng.int(1, 3)) : d.V;
    const first = rng.int(0, d.V - some);
    if (distribution === 'stratified') ids(t.inp, rng, d.V);
    else for (let i = 0; i < t.inp.length; i++) t.inp[i] = first + Math.floor(some * rng.unit() ** 3);
    for (const table of [t.wte, t.wpe]) {
      if (distribution === 'stratified') stratified(table, rng, 60);
      else if (distribution === 'integers')
        for (let i = 0; i < table.length; i++) table[i] = rng.int(-(2 ** 22), 2 ** 22);
      else uniform(table, rng);
    }
  },
  bounds({ distribution, truths }) {
    const factor = distribution === 'integers' ? 0 : 2 * u;
    return { out: truths.out.want.map((sum) => factor * Math.abs(sum)) };
  },
});
