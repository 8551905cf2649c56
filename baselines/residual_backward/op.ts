/**
 * dinp1 += dout;  dinp2 += dout
 *
 * Shapes   all (N); N is B T C of a model.
 * Numerics f32: one addition an element of each gradient.
 * Error    2 u |gradient|, u = 2^-24: one rounding is half of it. Sums of small integers are exact, and the bound there is 0.
 * Work     2 N flop; bound by memory or cache: 5 N floats move.
 * Source   He et al. 2015, arXiv:1512.03385; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anyLength, lengthClasses, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';

const residual = (N: number): Case<'N', never> => ({ dims: { N }, scalars: {} });

const u = 2 ** -24;

export default defineOp({
  name: 'residual_backward',
  about: 'dout is added to the gradients of both summands',
  dims: ['N'],
  scalars: [],
  tensors: {
    dinp1: { dtype: 'f32', role: 'inout', shape: (d) => [d.N] },
    dinp2: { dtype: 'f32', role: 'inout', shape: (d) => [d.N] },
    dout: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
  },
  cases: [...new Set(models.map(({ B, T, C }) => B * T * C))].map(residual),
  edges: [0, 1, 2, 3, 4, 15, 16, 17, 31, 67, 128, 1009].map(residual),
  sizeClasses: lengthClasses,
  drawCase: (rng, sizeClass) => residual(anyLength(rng, sizeClass)),
  caseName: ({ dims: d }) => `N${d.N}`,
  flop: (d) => 2 * d.N,
  distributions: ['uniform', 'stratified', 'integers'],
  exact: 'integers',
  /** `stratified`: sums that cancel or absorb. */
  draw({ tensors: t, rng, distribution }) {
    for (const tensor of [t.dinp1, t.dinp2, t.dout]) {
      if (distribution === 'stratified') stratified(tensor, rng, 60);
      else if (distribution === 'integers')
        for (let i = 0; i < tensor.length; i++) tensor[i] = rng.int(-(2 ** 22), 2 ** 22);
      else uniform(tensor, rng);
    }
  },
  bounds({ distribution, truths }) {
    const factor = distribution === 'integers' ? 0 : 2 * u;
    return {
      dinp1: truths.dinp1.want.map((sum) => factor * Math.abs(sum)),
      dinp2: truths.dinp2.want.map((sum) => factor * Math.abs(sum)),
    };
  },
});
