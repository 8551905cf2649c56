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

/** Ids below V, often the last of them among the others. */
export function ids(out: Int32Array, rng: Rng, V: number): void {
  for (let i = 0; i < out.length; i++) out[i] = rng.int(0, V - 1);
  if (out.length > 0 && rng.bits() & 1) out[rng.int(0, out.length - 1)] = V - 1;
}

/** The number of a step: early, late or latest. */
export const anyStep = (rng: Rng): number => [() => rng.int(1, 1023), lateStep, latestStep][rng.int(0, 2)](rng);

/** From 2^10 to 2^14: longer than a table of corrections is likely to be, and 1 - 0.999^step is not yet 1. */
export const lateStep = (rng: Rng): number => Math.floor(2 ** (10 + 4 * rng.unit()));

/**
 * From 2^14 - 1 to 2^31 - 1, the last that an i32 holds; three in four from 2^24 on, where f32 no longer counts. Most lie next to a power of
 * two: a number that is kept in fewer bits is small there, or negative, and its correction far off.
 */
export function latestStep(rng: Rng): number {
  const power = 2 ** [rng.int(14, 23), rng.int(24, 30), rng.int(24, 30), 31][rng.int(0, 3)];
  return Math.min(2 ** 31 - 1, power + (rng.int(0, 7) > 0 ? rng.int(-1, 8) : rng.int(0, power)));
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
