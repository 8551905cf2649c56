/**
 * The gradients of attention_forward, added to dinp (dquery, dkey, dvalue); all sums over t2 <= t:
 *
 *   datt[t,t2]  = dout[t] . value[t2]                                    dvalue[t2] += sum over t of att[t,t2] dout[t]
 *   dpre[t,t2]  = att[t,t2] (datt[t,t2] - sum_t3 att[t,t3] datt[t,t3]) / sqrt(hs)
 *   dquery[t]  += sum over t2 of dpre[t,t2] key[t2]                      dkey[t2] += sum over t of dpre[t,t2] query[t]
 *
 * Shapes   inp, dinp (B,T,3,NH,hs), which is query, key, value; att (B,NH,T,T); dout (B,T,NH,hs); hs = C / NH.
 * Numerics f32. att is the forward op's: zero for t2 > t. It is taken as given; its own rounding is no error here.
 * Error    in units of u = 2^-24, to first order; D = sum att datt:
 *            ddatt = (2 sqrt(hs) + 8) |dout| . |value|                   errors of a sum of hs random terms walk
 *            dD    = sum att ddatt + (n / 2 + 8) sum att |datt|          n = t + 1
 *            ddpre = att (ddatt + dD + 4 (|datt| + |D|)) / sqrt(hs)
 *            dquery, dkey: sum of ddpre |x| + (n / 2 + 8) (|before| + sum of |dpre| |x|),  x = key, query
 *            dvalue:                          (n / 2 + 8) (|before| + sum of att |dout|)
 *          n being the terms of each sum, t + 1 or T - t2; n / 2 + 8 is of terms which may all be equal.
 * Work     4 B T (T + 1) C flop for the four products over t2 <= t; compute bound.
 * Source   Vaswani et al. 2017, arXiv:1706.03762; names and layout follow llm.c.
 */
import { defineOp } from '../../src/contract/op.ts';
import { distributions, drawAtt, drawInp } from '../attention_forward/draw.ts';
import forward from '../attention_forward/op.ts';
import { normal } from '../draws.ts';

const u = 2 ** -24;

export default defineOp({
  name: 'attention_backward',
  about: 'the gradients of causal attention with respect to query, key and value, added to dinp',
  dims: ['B', 'T', 'C', 'NH'],
  scalars: [],
  tensors: {
    dinp: { dtype: 'f32', role: 'inout', shape: (d) => [d.B, d.T, 3 * d.C] },
    dout: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.C] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, 3 * d.C] },
    att: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.NH, d.T, d.T] },
  },
  cases: forward.cases,
  edges: forward.edges,
  sizeClasses: forward.sizeClasses,
  drawCase: forward.drawCase,
  caseName: forward.caseName,
  flop: (d) => 4 * d.B * d.T * (d.T + 1) * d.C,
  distributions,
  draw({ dims, tensors: { dinp, dout, inp, att }, rng, distribution }) {
    normal(dinp, rng);
    normal(dout, rng);
    drawInp(inp, dims, rng, distribution);
    drawAtt(att, inp, dims);
  },
  /** The oracle carries the error along: `scale` is in units of u. */
  bounds({ truths }) {
    return { dinp: (truths.dinp.scale as Float64Array).map((units) => units * u) };
  },
});
