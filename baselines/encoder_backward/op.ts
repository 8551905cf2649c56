/**
 * dwte[inp[b,t],:] += dout[b,t,:];  dwpe[t,:] += dout[b,t,:]
 *
 * Shapes   dout (B,T,C); inp (B,T), ids below V; dwte (V,C); dwpe (T,C).
 * Numerics f32 sums; the terms come on top of what the gradients hold.
 * Error    k terms are added to an element: k is the number of tokens of that id for dwte, and B for dwpe.
 *            k = 0                  0: a row that no token names comes back as it was
 *            k rows drawn apart     min(k + 1, 2 sqrt(k) + 8) u (|before| + sum |terms|),  u = 2^-24
 *            k rows that are equal  (k + 1) u (|before| + sum |terms|): their roundings may all go the same way, and k
 *                                   additions in any order stay below that (Higham 2002, section 4.2)
 *          Sums of small integers are exact, and the bound there is 0.
 * Work     2 B T C flop; bound by memory or cache: B T C floats are read, and the rows of dwte they fall on rewritten.
 * Source   names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { uniform } from '../draws.ts';
import forward from '../encoder_forward/op.ts';
import { models } from '../models.ts';
import { walk } from '../rounding.ts';

const encoder = (B: number, T: number, C: number, V: number): Case<'B' | 'T' | 'C' | 'V', never> => ({
  dims: { B, T, C, V },
  scalars: {},
});

const u = 2 ** -24;

export default defineOp({
  name: 'encoder_backward',
  about: 'rows of dout are added to the gradients of both embeddings',
  dims: ['B', 'T', 'C', 'V'],
  scalars: [],
  tensors: {
    dwte: { dtype: 'f32', role: 'inout', shape: (d) => [d.V, d.C] },
    dwpe: { dtype: 'f32', role: 'inout', shape: (d) => [d.T, d.C] },
    dout: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    inp: { dtype: 'i32', role: 'in', shape: (d) => [d.B, d.T] },
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
    encoder(7, 73, 5, 3),
  ],
  sizeClasses: forward.sizeClasses,
  drawCase: forward.drawCase,
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}V${d.V}`,
  flop: (d) => 2 * d.B * d.T * d.C,
  distributions: ['text', 'repeated', 'equal', 'integers'],
  exact: 'integers',
  /** `text`: some ids far more often than others. `repeated`: one to three ids. `equal`: those, and all rows of dout alike. */
  draw({ dims: d, tensors: t, rng, distribution }) {
    const everywhere = distribution === 'text' || distribution === 'integers';
    const some = everywhere ? d.V : Math.min(d.V, rng.int(1, 3));
    const first = rng.int(0, d.V - some);
    for (let i = 0; i < t.inp.length; i++) t.inp[i] = first + Math.floor(some * rng.unit() ** 3);
    // With |x| <= 2^24 / (B T + 1) every partial sum is an integer that f32 holds.
    const most = Math.min(2 ** 20, Math.floor(2 ** 24 / (d.B * d.T + 1)));
    for (const tensor of [t.dwte, t.dwpe, t.dout]) {
      if (distribution === 'integers') for (let i = 0; i < tensor.length; i++) tensor[i] = rng.int(-most, most);
      else uniform(tensor, rng);
    }
    if (distribution === 'equal') for (let i = d.C; i < t.dout.length; i++) t.dout[i] = t.dout[i - d.C];
  },
  bounds({ dims: d, distribution, inputs: { inp }, truths }) {
    const tokens = new Float64Array(d.V);
    for (const id of inp) tokens[id]++;
    const factor = (k: number) => {
      if (k === 0 || distribution === 'integers') return 0;
      return distribution === 'equal' ? u * (k + 1) : Math.min(u * (k + 1), walk(k));
    };
    const scales = { dwte: truths.dwte.scale as Float64Array, dwpe: truths.dwpe.scale as Float64Array };
    return {
      dwte: scales.dwte.map((terms, i) => factor(tokens[Math.floor(i / d.C)]) * terms),
      dwpe: scales.dwpe.map((terms) => factor(d.B) * terms),
    };
  },
});
