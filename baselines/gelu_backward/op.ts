/**
 * dinp += dout g,  g = s + 2 x s (1 - s) z',  z' = sqrt(2/pi) (1 + 3 * 0.044715 x^2)          s, z as in gelu_forward
 *
 * Shapes   inp, dout, dinp (N); N is B T 4C of a model.
 * Numerics f32. 1 - s underflows, or exp overflows, beyond |x| = 10: there g is 1 or 0, not NaN.
 * Error    in units of u = 2^-24, to first order, with dz = 8 |z| and the forms of gelu_forward:
 *            s      s ((1 - s) (16 |z| + 8) + 5) + 4 |tanh z|
 *            w      = 2 |x| z' s (1 - s), the second term: w (|tanh z| (16 |z| + 8) + 12), as s (1 - s) moves by the
 *                   factor 1 - 2 tanh z dz, and there are twelve roundings of sums, products and the quotient
 *            4 s (1 - s) = 1 - tanh^2 = h may be taken as such: a tanh good to 4 ulp makes it wrong by 16 tanh^2, and once
 *                   that rounds to 1 (h < u) by h itself: |x| z' / 2 times min(16 tanh^2, 64 h / u)
 *          together |dout| times the three, + 2 (|dout g| + |dinp|).
 * Work     20 N flop, tanh as one; compute bound until exp is vectorized, then by cache: 4 N floats move.
 * Source   Hendrycks and Gimpel 2016, arXiv:1606.08415, the tanh form of GPT-2; names follow llm.c.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anyLength, lengthClasses, normal, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';

const gelu = (N: number): Case<'N', never> => ({ dims: { N }, scalars: {} });

const u = 2 ** -24;

export default defineOp({
  name: 'gelu_backward',
  about: 'dinp += dout times the derivative of gelu at inp',
  dims: ['N'],
  scalars: [],
  tensors: {
    dinp: { dtype: 'f32', role: 'inout', shape: (d) => [d.N] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
    dout: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
  },
  cases: [...new Set(models.map(({ B, T, C }) => B * T * 4 * C))].map(gelu),
  edges: [0, 1, 2, 3, 4, 7, 16, 17, 31, 67, 128, 1009].map(gelu),
  sizeClasses: lengthClasses,
  drawCase: (rng, sizeClass) => gelu(anyLength(rng, sizeClass)),
  caseName: ({ dims: d }) => `N${d.N}`,
  flop: (d) => 20 * d.N,
  distributions: ['normal', 'stratified', 'large', 'alone'],
  /** `alone`: nothing to add to, so that the error of g shows where g is small. */
  draw({ tensors: { dinp, inp, dout }, rng, distribution }) {
    if (distribution === 'stratified') for (const x of [dinp, inp, dout]) stratified(x, rng, 20);
    else {
      if (distribution === 'large') uniform(inp, rng, -100, 100);
      else normal(inp, rng, 2);
      uniform(dout, rng);
      uniform(dinp, rng);
      if (distribution === 'alone') dinp.fill(0);
    }
  },
  bounds({ inputs: { dinp, inp, dout }, truths }) {
    const { want } = truths.dinp;
    const bounds = new Float64Array(want.length);
    for (let i = 0; i < bounds.length; i++) {
      const x = inp[i];
      const z = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
      const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
      const tanh = Math.abs(Math.tanh(z));
      const s = 1 / (1 + Math.exp(-2 * z));
      const rest = 1 / (1 + Math.exp(2 * z));
      const propagated = 16 * Math.abs(z) + 8;
      const ds = s * (rest * propagated + 5) + 4 * tanh;
      const dw = 2 * Math.abs(x) * slope * s * rest * (tanh * propagated + 12);
      const squared = ((Math.abs(x) * slope) / 2) * Math.min(16 * tanh ** 2, (64 * 4 * s * rest) / u);
      bounds[i] = u * (Math.abs(dout[i]) * (ds + dw + squared) + 2 * (Math.abs(want[i] - dinp[i]) + Math.abs(want[i])));
    }
    return { dinp: bounds };
  },
});
