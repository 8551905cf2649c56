/**
 * att[b,h,t,:] = softmax over t2 <= t of query[t] . key[t2] / sqrt(hs);  out[b,t,h,:] = sum_t2 att[b,h,t,t2] value[t2]
 *
 * Shapes   inp (B,T,3,NH,hs), which is query, key, value; att (B,NH,T,T), kept for the backward pass; out (B,T,NH,hs);
 *          hs = C / NH.
 * Numerics f32; the half of att with t2 > t is zero. Scores in the hundreds must not overflow.
 * Error    in units of u = 2^-24, to first order; n = t + 1, s a score and m the largest of its row, p = att:
 *            ds  = (2 sqrt(hs) + 8) |query| . |key| / sqrt(hs)         errors of a sum of hs random terms walk
 *            dx  = 2 |s - m| + 8                                       exp, within some 3 ulp, of a rounded difference
 *            dp  = p ((1 - p) ds + sum over the others of p ds + dx + sum p dx + n / 2 + 8) + floor
 *            dout = sum over t2 of (dp + p (n / 2 + 8)) |value|
 *          ds enters as the derivative of softmax has it: a row with one clear winner does not feel its scores. n / 2 + 8
 *          is of a sum of n terms which may all be equal, one after another. floor = 2^-124 allows an exp that is clamped
 *          at -87. The masked half is 0 exactly.
 * Work     2 B T (T + 1) C flop for the two products over t2 <= t, and B NH T (T + 1) / 2 exps; compute bound.
 * Source   Vaswani et al. 2017, arXiv:1706.03762; names and layout follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anySize, beside, oneOf } from '../draws.ts';
import { models } from '../models.ts';
import { distributions, drawInp } from './draw.ts';

const attention = (B: number, T: number, C: number, NH: number): Case<'B' | 'T' | 'C' | 'NH', never> => ({
  dims: { B, T, C, NH },
  scalars: {},
});

const u = 2 ** -24;

export default defineOp({
  name: 'attention_forward',
  about: 'causal attention: att = softmax(query key^T / sqrt(hs)), out = att value, by heads of hs',
  dims: ['B', 'T', 'C', 'NH'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T, d.C] },
    att: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.NH, d.T, d.T] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, 3 * d.C] },
  },
  cases: models.map(({ B, T, C, NH }) => attention(B, T, C, NH)),
  edges: [
    attention(1, 1, 1, 1),
    attention(2, 1, 6, 3),
    attention(1, 2, 3, 1),
    attention(3, 3, 3, 3),
    attention(2, 5, 10, 5),
    attention(1, 6, 16, 2),
    attention(1, 7, 9, 3),
    attention(2, 13, 35, 5),
    attention(1, 16, 48, 3),
    attention(3, 17, 12, 2),
    attention(1, 31, 24, 3),
    attention(2, 32, 14, 2),
    attention(1, 37, 20, 1),
    attention(1, 53, 21, 3),
  ],
  sizeClasses: ['small', 'small', 'small', 'many B', 'long T', 'many heads', 'wide heads', 'beside a timed one'],
  drawCase(rng, sizeClass) {
    const by = (B: number, T: number, NH: number, hs: number) => attention(B, T, NH * hs, NH);
    if (sizeClass === 'small') return by(rng.int(1, 3), rng.int(1, 60), rng.int(1, 6), rng.int(1, 24));
    if (sizeClass === 'many B') return by(anySize(rng, 9, 100), rng.int(1, 9), rng.int(1, 3), rng.int(1, 9));
    if (sizeClass === 'long T') return by(1, anySize(rng, 129, 400), rng.int(1, 2), rng.int(1, 24));
    if (sizeClass === 'many heads') return by(rng.int(1, 2), rng.int(1, 24), anySize(rng, 7, 40), rng.int(1, 9));
    if (sizeClass === 'wide heads') return by(rng.int(1, 2), rng.int(1, 24), rng.int(1, 2), anySize(rng, 65, 400));
    const timed = oneOf(rng, models);
    const NH = beside(rng, timed.NH);
    return by(rng.int(1, timed.B), beside(rng, timed.T), NH, beside(rng, Math.ceil(timed.C / NH)));
  },
  caseName: ({ dims: d }) => `B${d.B}T${d.T}C${d.C}NH${d.NH}`,
  flop: (d) => 2 * d.B * d.T * (d.T + 1) * d.C,
  distributions,
  draw({ dims, tensors, rng, distribution }) {
    drawInp(tensors.inp, dims, rng, distribution);
  },
  /** The oracle carries the error along: `scale` is in units of u, the floor included. */
  bounds({ truths }) {
    const bound = (name: string) => (truths[name].scale as Float64Array).map((units) => units * u);
    return { out: bound('out'), att: bound('att') };
  },
});
