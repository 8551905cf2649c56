/** Draws that the ops of a training step have in common. */
import type { Rng } from '../src/contract/random.ts';

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

/** An integer from lo to hi, each power of two among them about as often as another. */
export const anySize = (rng: Rng, lo: number, hi: number): number => Math.floor(lo * ((hi + 1) / lo) ** rng.unit());

/** Next to a size, and from 1 up: off the tiles that a kernel has for it. */
export const beside = (rng: Rng, size: number): number => Math.max(1, size + rng.int(-3, 3));

/** One of them, each as likely as the others. */
export const oneOf = <T>(rng: Rng, all: readonly T[]): T => all[rng.int(0, all.length - 1)];

/** Sizes of ops that go element by element, the last of them beyond 2^20, where a kernel may stop to keep all in a cache. */
export const lengthClasses = ['small', 'small', 'small', 'medium', 'large', 'largest'];

/** A length of such a class: see `lengthClasses`. */
export function anyLength(rng: Rng, sizeClass: string): number {
  if (sizeClass === 'small') return rng.int(1, 3000);
  if (sizeClass === 'medium') return anySize(rng, 3001, 2 ** 17);
  return sizeClass === 'large' ? anySize(rng, 2 ** 17, 2 ** 20) : rng.int(2 ** 20 + 1, 1.3 * 2 ** 20);
}

/** Sizes of ops that go row by row: B T rows, and what is in a row. */
export const rowClasses = ['small', 'small', 'small', 'many B', 'long T', 'long rows', 'beside a timed one'];

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
