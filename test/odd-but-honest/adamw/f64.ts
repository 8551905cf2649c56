/**
 * Odd      the whole step in f64, moments corrected by factors on the learning rate and on eps, rounded once.
 * Honest   the same formula, multiplied out; nearer to the truth than f32.
 * Source   Kingma and Ba 2015, arXiv:1412.6980, section 2, for the other order.
 */
import type op from '../../../baselines/adamw/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import type { ScalarsOf } from '../../../src/contract/op.ts';

export interface State {
  readonly params: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export function adamw({ params, m, v }: State, grads: ArrayLike<number>, t: number, s: ScalarsOf<typeof op>): void {
  const root = Math.sqrt(1 - s.beta2 ** t);
  const rate = (s.learning_rate * root) / (1 - s.beta1 ** t);
  for (let i = 0; i < params.length; i++) {
    const first = m[i] + (1 - s.beta1) * (grads[i] - m[i]);
    const second = v[i] + (1 - s.beta2) * (grads[i] * grads[i] - v[i]);
    const decayed = params[i] * (1 - s.learning_rate * s.weight_decay);
    params[i] = decayed - (rate * first) / (Math.sqrt(second) + s.eps * root);
    m[i] = first;
    v[i] = second;
  }
}

export default {
  about: 'AdamW in f64, corrections folded into rate and eps',
  setup() {
    return ({ params, m, v, grads, step }, scalars) => adamw({ params, m, v }, grads, step[0], scalars);
  },
} satisfies Candidate<typeof op>;
