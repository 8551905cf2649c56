/** Draws that the ops of a training step have in common. */
import type { Rng } from '../src/contract/rng.ts';

/** N(0, spread^2) around center. */
export function normal(out: Float32Array, rng: Rng, spread = 1, center = 0): void {
  for (let i = 0; i < out.length; i++) out[i] = center + spread * rng.normal();
}

/** U(lo, hi) on a grid of 2^-24 of the width: several times cheaper than `normal`, for large tensors. */
export function uniform(out: Float32Array, rng: Rng, lo = -1, hi = 1): void {
  for (let i = 0; i < out.length; i++) out[i] = lo + (hi - lo) * rng.unit();
}

/** Every sign and every size from 2^-`reach` to 2^`reach`, and zeros of both signs among them. */
export function stratified(out: Float32Array, rng: Rng, reach: number): void {
  for (let i = 0; i < out.length; i++) {
    const sign = rng.bits() & 1 ? 1 : -1;
    out[i] = rng.int(0, 63) === 0 ? sign * 0 : sign * 2 ** (reach * (2 * rng.unit() - 1));
  }
}

/** Ids below V. */
export function ids(out: Int32Array, rng: Rng, V: number): void {
  for (let i = 0; i < out.length; i++) out[i] = rng.int(0, V - 1);
}

/** Rows of n: the softmax of each, in f64 and rounded once. */
export function softmaxRows(out: Float32Array, logits: Float32Array, n: number): void {
  for (let from = 0; from < out.length; from += n) {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + n; i++) most = Math.max(most, logits[i]);
    let sum = 0;
    for (let i = from; i < from + n; i++) sum += Math.exp(logits[i] - most);
    for (let i = from; i < from + n; i++) out[i] = Math.exp(logits[i] - most) / sum;
  }
}
