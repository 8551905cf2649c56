/**
 * out = x/2 (1 + tanh z) = x s,  z = sqrt(2/pi) (x + 0.044715 x^3),  s = 1 / (1 + exp(-2 z)),  x = inp
 *
 * Shapes   inp, out (N); N is B T 4C of a model.
 * Numerics f32. exp(-2 z) overflows at x < -10: the result there is 0, not NaN.
 * Error    in units of u = 2^-24, to first order:
 *            z      8 |z|: x + 0.044715 x^3 does not cancel; seven roundings, constants included, and exp's own reduction
 *            x s    relative (1 - s) (16 |z| + 8) + 6: by ds = 2 s (1 - s) dz, an exp good to 3 ulp, a sum, a quotient, a product
 *            x/2 (1 + tanh z)   4 |x tanh z| of its own, by a tanh good to 4 ulp, as the usual quotient of polynomials is: 6.9 u
 *                   without fused multiply-adds, over every third f32. At x << 0 that is more than the value, which cancels there
 *          together |x| u (s ((1 - s) (16 |z| + 8) + 6) + 4 |tanh z|).
 * Work     9 N flop, tanh as one; compute bound until exp is vectorized, then by cache: 2 N floats move.
 * Source   Hendrycks and Gimpel 2016, arXiv:1606.08415, the tanh form of GPT-2; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anyLength, lengthClasses, normal, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';

const gelu = (N: number): Case<'N', never> => ({ dims: { N }, scalars: {} });

const u = 2 ** -24;

export default defineOp({
  name: 'gelu_forward',
  about: 'out = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))',
  dims: ['N'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.N] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
  },
  cases: [...new Set(models.map(({ B, T, C }) => B * T * 4 * C))].map(gelu),
  edges: [0, 1, 2, 3, 4, 7, 16, 17, 31, 67, 128, 1009].map(gelu),
  sizeClasses: lengthClasses,
  drawCase: (rng, sizeClass) => gelu(anyLength(rng, sizeClass)),
  caseName: ({ dims: d }) => `N${d.N}`,
  flop: (d) => 9 * d.N,
  distributions: ['normal', 'stratified', 'large'],
  draw({ tensors: { inp }, rng, distribution }) {
    if (distribution === 'stratified') stratified(inp, rng, 20);
    else if (distribution === 'large') uniform(inp, rng, -100, 100);
    else normal(inp, rng, 2);
  },
  bounds({ inputs: { inp } }) {
    const out = new Float64Array(inp.length);
    for (let i = 0; i < out.length; i++) {
      const x = inp[i];
      const z = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
      const s = 1 / (1 + Math.exp(-2 * z));
      const propagated = (1 - s) * (16 * Math.abs(z) + 8);
      // tanh z = 2 s - 1, to all digits that a bound needs
      out[i] = u * Math.abs(x) * (s * (propagated + 6) + 4 * Math.abs(2 * s - 1));
    }
    return { out };
  },
});
