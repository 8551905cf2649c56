/**
 * dlogits[b,t,:] += (probs[b,t,:] - onehot(target)) dlosses[b,t]
 *
 * Shapes   dlogits, probs (B,T,V); dlosses, targets (B,T).
 * Numerics f32; the gradient is added to what dlogits holds.
 * Error    u = 2^-24; q = probs - onehot, an exact difference away from the target.
 *            2 u (|want| + |q dlosses|)               a difference, a product and a sum, each rounded once or not at all
 *            + u (|before| + 2 |dlosses|) at the target, where dlosses may be taken off after the product was added
 *            + 2^-148, as the product may be subnormal
 *          Where dlosses is 0, or away from the target probs, nothing is added, and the bound is 0.
 * Work     3 B T V flop; memory bound: 3 B T V floats move.
 * Source   karpathy/llm.c, train_gpt2.c: crossentropy_softmax_backward.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import forward from '../crossentropy_softmax_forward/op.ts';
import { ids, normal, softmaxRows, stratified, uniform } from '../draws.ts';
import { models } from '../models.ts';

type CrossentropyCase = Case<'B' | 'T' | 'V', never>;

const crossentropy = (B: number, T: number, V: number): CrossentropyCase => ({ dims: { B, T, V }, scalars: {} });
const caseName = ({ dims: d }: CrossentropyCase) => `B${d.B}T${d.T}V${d.V}`;
const timed = models.map(({ B, T, V }) => crossentropy(B, T, V));

const u = 2 ** -24;
const least = 2 ** -148;

export default defineOp({
  name: 'crossentropy_softmax_backward',
  about: 'dlogits += (probs - onehot(target)) dlosses, by rows of V',
  dims: ['B', 'T', 'V'],
  scalars: [],
  tensors: {
    dlogits: { dtype: 'f32', role: 'inout', shape: (d) => [d.B, d.T, d.V] },
    dlosses: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T] },
    probs: { dtype: 'f32', role: 'in', shape: (d) => [d.B, d.T, d.V] },
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
  sizeClasses: forward.sizeClasses,
  drawCase: forward.drawCase,
  caseName,
  flop: (d) => 3 * d.B * d.T * d.V,
  distributions: ['uniform', 'sharp', 'stratified'],
  /**
   * dlogits are about as large as what is added, so that an error in either shows. `sharp`: the softmax of logits spread over
   * a hundred, with probabilities of 1, 0 and less than the least normal number, and every fourth gradient 0.
   * `stratified`: gradients of every sign and size.
   */
  draw({ dims: { B, T, V }, tensors: { dlogits, dlosses, probs, targets }, rng, distribution }) {
    ids(targets, rng, V);
    if (distribution === 'uniform') {
      uniform(probs, rng, 0, 2 / V);
      uniform(dlogits, rng, -2 / V, 2 / V);
      normal(dlosses, rng);
      return;
    }
    normal(probs, rng, 40);
    softmaxRows(probs, probs.slice(), V);
    if (distribution === 'sharp') {
      normal(dlogits, rng);
      for (let r = 0; r < B * T; r++) dlosses[r] = r % 4 === 3 ? 0 : rng.normal();
    } else {
      stratified(dlogits, rng, 20);
      stratified(dlosses, rng, 20);
    }
  },
  bounds({ dims: { V }, inputs: { dlogits, dlosses, probs, targets }, truths }) {
    const { want } = truths.dlogits;
    const bounds = want.map((value, i) => {
      const r = Math.floor(i / V);
      const target = i === r * V + targets[r];
      if (dlosses[r] === 0 || (probs[i] === 0 && !target)) return 0;
      const product = Math.abs((probs[i] - (target ? 1 : 0)) * dlosses[r]);
      const taken = target ? Math.abs(dlogits[i]) + 2 * Math.abs(dlosses[r]) : 0;
      return u * (2 * Math.abs(value) + 2 * product + taken) + least;
    });
    return { dlogits: bounds };
  },
});
