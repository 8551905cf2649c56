/**
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 * p = p - learning_rate (m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) + eps) + weight_decay p)
 *
 * Shapes   n floats each, n any.
 * Numerics constants in f64, rounded once; one square root and one division an element.
 * Expects  memory bound beyond the cache: one pass over four arrays.
 * Source   Loshchilov and Hutter 2019, arXiv:1711.05101.
 */
import { fma } from './math.as';

let keep1: f32 = 0, take1: f32 = 0, correct1: f32 = 0;
let keep2: f32 = 0, take2: f32 = 0, correct2: f32 = 0;
let small: f32 = 0, shrink: f32 = 0;

/** The constants of this step, for the calls of `adamw` that follow. */
export function setAdamw(step: i32, learning_rate: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32): void {
  keep1 = beta1;
  take1 = <f32>(1 - <f64>beta1);
  keep2 = beta2;
  take2 = <f32>(1 - <f64>beta2);
  let power1: f64 = 1, power2: f64 = 1;
  for (let base1 = <f64>beta1, base2 = <f64>beta2; step > 0; step >>= 1, base1 *= base1, base2 *= base2) {
    if (step & 1) {
      power1 *= base1;
      power2 *= base2;
    }
  }
  correct1 = <f32>(<f64>learning_rate / (1 - power1));
  correct2 = <f32>(1 / (1 - power2));
  small = eps;
  shrink = <f32>(<f64>learning_rate * <f64>weight_decay);
}

// @ts-ignore: decorator
@inline function firstMoment(m: v128, g: v128): v128 {
  return fma(m, f32x4.splat(keep1), f32x4.mul(g, f32x4.splat(take1)));
}

// @ts-ignore: decorator
@inline function secondMoment(v: v128, g: v128): v128 {
  return fma(v, f32x4.splat(keep2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(take2)));
}

// @ts-ignore: decorator
@inline function moved(p: v128, m: v128, v: v128): v128 {
  const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correct2))), f32x4.splat(small));
  return f32x4.sub(p, fma(p, f32x4.splat(shrink), f32x4.div(f32x4.mul(m, f32x4.splat(correct1)), root)));
}

export function adamw(p: usize, m: usize, v: usize, g: usize, n: i32): void {
  let x: usize = 0;
  const end = <usize>n << 2;
  // Two vectors a turn, stored in pairs after all loads: the revectorizer packs them.
  for (; x + 32 <= end; x += 32) {
    const g0 = v128.load(g + x), g1 = v128.load(g + x, 16);
    const m0 = firstMoment(v128.load(m + x), g0), m1 = firstMoment(v128.load(m + x, 16), g1);
    const v0 = secondMoment(v128.load(v + x), g0), v1 = secondMoment(v128.load(v + x, 16), g1);
    const p0 = moved(v128.load(p + x), m0, v0), p1 = moved(v128.load(p + x, 16), m1, v1);
    v128.store(m + x, m0);
    v128.store(m + x, m1, 16);
    v128.store(v + x, v0);
    v128.store(v + x, v1, 16);
    v128.store(p + x, p0);
    v128.store(p + x, p1, 16);
  }
  // The tail in one lane of the same operations: where a thread's share ends must not show in the result.
  for (; x < end; x += 4) {
    const gradient = v128.load_zero<f32>(g + x);
    const first = firstMoment(v128.load_zero<f32>(m + x), gradient);
    const second = secondMoment(v128.load_zero<f32>(v + x), gradient);
    const after = moved(v128.load_zero<f32>(p + x), first, second);
    v128.store_lane<f32>(m + x, first, 0);
    v128.store_lane<f32>(v + x, second, 0);
    v128.store_lane<f32>(p + x, after, 0);
  }
}
