/**
 * out = inp1 + inp2
 *
 * Shapes   all (N); N is B T C of a model.
 * Numerics f32: one addition an element.
 * Error    2 u |out|, u = 2^-24: one rounding is half of it. Sums of small integers are exact, and the bound there is 0.
 * Work     N flop; bound by memory or cache: 3 N floats move.
 * Source   He et al. 2015, arXiv:1512.03385; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anyLength, lengthClasses, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';

const residual = (N: number): Case<'N', never> => ({ dims: { N }, scalars: {} });

const u = 2 ** -24;

export default defineOp({
  name: 'residual_forward',
  about: 'out = inp1 + inp2',
  dims: ['N'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.N] },
    inp1: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
    inp2: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
  },
  cases: [...new Set(models.map(({ B, T, C }) => B * T * C))].map(residual),
  edges: [0, 1, 2, 3, 4, 15, 16, 17, 31, 67, 128, 1009].map(residual),
  sizeClasses: lengthClasses,
  drawCase: (rng, sizeClass) => residual(anyLength(rng, sizeClass)),
  caseName: ({ dims: d }) => `N${d.N}`,
  flop: (d) => d.N,
  distributions: ['uniform', 'stratified', 'integers'],
  exact: 'integers',
  /** `stratified`: sums that cancel or absorb. */
  draw({ tensors: t, rng, distribution }) {
    for (const inp of [t.inp1, t.inp2]) {
      if (distribution === 'stratified') stratified(inp, rng, 60);
      else if (distribution === 'integers') for (let i = 0; i < inp.length; i++) inp[i] = rng.int(-(2 ** 22), 2 ** 22);
      else uniform(inp, rng);
    }
  },
  bounds({ distribution, truths }) {
    const factor = distribution === 'integers' ? 0 : 2 * u;
    return { out: truths.out.want.map((sum) => factor * Math.abs(sum)) };
  },
});
