/**
 * p[j] = exp(scale (x[j] - max)) / sum over j of the same,  j < n
 *
 * Shapes   a row of n floats, read and written in vectors of 4, with memory for a multiple of 4. What lies behind n may
 *          be garbage, NaN too, and is written as zeros up to `end`.
 * Numerics the row of the maximum gives exp(0) = 1 exactly, so that a row of one element is exactly 1.
 */
import { below, exp, fma, sum4 } from './math.as';

export function rowMax(x: usize, n: i32): f32 {
  let most = f32x4.splat(-Infinity);
  let j = 0;
  for (; j + 4 <= n; j += 4) most = f32x4.max(most, v128.load(x + (j << 2)));
  if (j < n) most = f32x4.max(most, v128.bitselect(v128.load(x + (j << 2)), f32x4.splat(-Infinity), below(j, n)));
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** x[j] = exp(scale (x[j] - most)), zero from n to end; returns their sum. */
export function expRow(x: usize, n: i32, end: i32, most: f32, scale: f32): f32 {
  let sum = f32x4.splat(0);
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const e = exp(f32x4.mul(f32x4.sub(v128.load(x + (j << 2)), f32x4.splat(most)), f32x4.splat(scale)));
    v128.store(x + (j << 2), e);
    sum = f32x4.add(sum, e);
  }
  for (; j < end; j += 4) {
    const e = exp(f32x4.mul(f32x4.sub(v128.load(x + (j << 2)), f32x4.splat(most)), f32x4.splat(scale)));
    const kept = v128.and(e, below(j, n));
    v128.store(x + (j << 2), kept);
    sum = f32x4.add(sum, kept);
  }
  return sum4(sum);
}

export function scaleRow(x: usize, n: i32, by: f32): void {
  for (let end = x + (<usize>n << 2); x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), f32x4.splat(by)));
}

/** Probabilities in place. */
export function softmaxRow(x: usize, n: i32, end: i32, scale: f32): void {
  const sum = expRow(x, n, end, rowMax(x, n), scale);
  scaleRow(x, n, 1 / sum);
}

/** d[j] = scale p[j] (d[j] - sum over i of p[i] d[i]), zero from n to end. */
export function softmaxRowBackward(d: usize, p: usize, n: i32, end: i32, scale: f32): void {
  let sums = f32x4.splat(0);
  let j = 0;
  for (; j + 4 <= n; j += 4) sums = fma(v128.load(p + (j << 2)), v128.load(d + (j << 2)), sums);
  if (j < n) sums = fma(v128.load(p + (j << 2)), v128.and(v128.load(d + (j << 2)), below(j, n)), sums);
  const dot = f32x4.splat(sum4(sums));
  const by = f32x4.splat(scale);
  for (j = 0; j + 4 <= n; j += 4) {
    const change = f32x4.sub(v128.load(d + (j << 2)), dot);
    v128.store(d + (j << 2), f32x4.mul(f32x4.mul(v128.load(p + (j << 2)), by), change));
  }
  for (; j < end; j += 4) {
    const change = f32x4.sub(v128.load(d + (j << 2)), dot);
    v128.store(d + (j << 2), v128.and(f32x4.mul(f32x4.mul(v128.load(p + (j << 2)), by), change), below(j, n)));
  }
}

/**
 * loss = log sum over j of exp(x[j] - max) - (x[target] - max);  x[j] = (softmax(x)[j] - [j = target]) / rows
 * In place; returns the loss of this row.
 */
export function crossentropyRow(x: usize, n: i32, target: i32, rows: i32): f64 {
  const at = x + (target << 2);
  const most = rowMax(x, n);
  const margin = <f64>load<f32>(at) - <f64>most;
  const sum = expRow(x, n, n, most, 1);
  scaleRow(x, n, <f32>(1 / (<f64>sum * <f64>rows)));
  store<f32>(at, load<f32>(at) - 1 / <f32>rows);
  return Math.log(<f64>sum) - margin;
}
