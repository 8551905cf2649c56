/**
 * probs[b,t,:] = softmax(logits[b,t,:]);  losses[b,t] = -log probs[b,t,target]
 *
 * Shapes   logits, probs (B,T,V); losses, targets (B,T). probs are kept for the backward pass.
 * Numerics f32. With x = l - max(l) and S = sum exp(x):  probs = exp(x) / S,  loss = log S + max(l) - l[target], which stays
 *          finite where the target's probability is below the least float.
 * Error    u = 2^-24; d stands for a relative error.
 *            d(exp x) = u (2 |x| + 8)       x is rounded, perhaps again as x log2(e); exp within 4 units in the last place
 *            dS       = sum of probs d(exp x) + (2 sqrt(V) + 8) u + sum of the probs below 2 u
 *                       a sum in any order, and terms that it may lose whole beside one that is as large as the sum
 *            dprobs   = probs (d(exp x) + dS + 3 u) + 2^-125          an exp may end at the least normal number
 *            dlosses  = dS + u (8 log S + 2 |max(l)| + 2 |l[target] - max(l)|)
 * Work     5 B T V flop, an exp counted as one; compute bound by the exp, at some 20 instructions for 8 bytes moved.
 * Source   karpathy/llm.c, train_gpt2.c: softmax_forward and crossentropy_forward in one.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import { anySize, beside, ids, normal, oneOf, rowClasses } from '../draws.ts';
import { models } from '../models.ts';
import { walk } from '../rounding.ts';

type CrossentropyCase = Case<'B' | 'T' | 'V', never>;

const crossentropy = (B: number, T: number, V: number): CrossentropyCase => ({ dims: { B, T, V }, scalars: {} });
const caseName = ({ dims: d }: CrossentropyCase) => `B${d.B}T${d.T}V${d.V}`;
const timed = models.map(({ B, T, V }) => crossentropy(B, T, V));

const u = 2 ** -24;
const floor = 2 ** -125;

export default defineOp({
  name: 'crossentropy_softmax_forward',
  about: 'probs = softmax(logits), losses = -log probs[target], by rows of V',
  dims: ['B', 'T', 'V'],
  scalars: [],
  tensors: {
    losses: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T] },
    probs: { dtype: 'f32', role: 'out', shape: (d) => [d.B, d.T, d.V] },
    logits: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.V] },
    targets: { dtype: 'i32', role: 'in', shape: (d) => [d.B, d.T] },
  },
  // Models that differ in C alone are one case here.
  cases: [...new Map(timed.map((c) => [caseName(c), c])).values()],
  edges: [
    crossentropy(0, 3, 4),
    crossentropy(1, 1, 1),
    crossentropy(2, 3, 2),
    crossentropy(3, 1, 3),
    crossentropy(1, 5, 5),
    crossentropy(2, 2, 8),
    crossentropy(1, 4, 15),
    crossentropy(2, 7, 31),
    crossentropy(1, 2, 50),
    crossentropy(3, 5, 67),
    crossentropy(1, 3, 257),
  ],
  sizeClasses: [...rowClasses, 'longest rows'],
  drawCase(rng, sizeClass) {
    if (sizeClass === 'small') return crossentropy(rng.int(1, 3), rng.int(1, 20), rng.int(1, 400));
    if (sizeClass === 'many B') return crossentropy(anySize(rng, 16, 400), rng.int(1, 5), rng.int(1, 60));
    if (sizeClass === 'long T') return crossentropy(rng.int(1, 2), anySize(rng, 129, 2000), rng.int(1, 60));
    if (sizeClass === 'long rows') return crossentropy(rng.int(1, 2), rng.int(1, 4), anySize(rng, 1025, 30_000));
    // Around the vocabulary of GPT-2; several rows, so that one of them has its largest logit far behind.
    if (sizeClass === 'longest rows') return crossentropy(1, rng.int(7, 9), rng.int(30_000, 60_000));
    const timed = oneOf(rng, models);
    return crossentropy(beside(rng, timed.B), beside(rng, timed.T), beside(rng, timed.V));
  },
  caseName,
  flop: (d) => 5 * d.B * d.T * d.V,
  distributions: ['normal', 'extreme', 'equal', 'dominant'],
  /**
   * `extreme`: a spread of hundreds, where a plain exp overflows, or leaves nothing but zeros. `equal`: rows of one value each.
   * `dominant`: one logit far above the others, in every other row the target's.
   */
  draw({ dims: { B, T, V }, tensors: { logits, targets }, rng, distribution }) {
    normal(logits, rng, distribution === 'extreme' ? 300 : 2);
    ids(targets, rng, V);
    for (let r = 0; r < B * T; r++) {
      const row = logits.subarray(r * V, (r + 1) * V);
      if (distribution === 'equal') row.fill(300 * rng.normal());
      if (distribution !== 'dominant') continue;
      const place = r % 2 ? targets[r] : rng.int(0, V - 1);
      row[place] = 10 + 100 * rng.unit();
    }
  },
  bounds({ dims: { B, T, V }, inputs: { logits, targets }, truths }) {
    const bounds = { losses: new Float64Array(B * T), probs: new Float64Array(B * T * V) };
    for (let r = 0; r < B * T; r++) {
      const row = logits.subarray(r * V, (r + 1) * V);
      const probs = truths.probs.want.subarray(r * V, (r + 1) * V);
      const most = Math.max(...row);
      const dexp = (i: number) => u * (2 * (most - row[i]) + 8);
      let dsum = walk(V);
      for (let i = 0; i < V; i++) dsum += probs[i] * dexp(i) + (probs[i] < 2 * u ? probs[i] : 0);
      for (let i = 0; i < V; i++) bounds.probs[r * V + i] = probs[i] * (dexp(i) + dsum + 3 * u) + floor;
      const below = most - row[targets[r]];
      const logsum = truths.losses.want[r] - below;
      bounds.losses[r] = dsum + u * (8 * logsum + 2 * Math.abs(most) + 2 * below);
    }
    return bounds;
  },
});
