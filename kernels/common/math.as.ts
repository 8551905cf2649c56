/**
 * exp(x) = 2^n * p(r), n = nearest(x / ln 2), r = x - n ln 2, |r| <= ln(2) / 2; four lanes.
 *
 * Numerics within two units in the last place; exp(0) = 1 exactly. x is clamped to -87 .. 88, where
 *          2^n is a normal number: below, the result is 1.6e-38 and not 0.
 * Needs    relaxed SIMD.
 * Source   Cephes, expf: its polynomial of degree 7 and its split of ln 2.
 */

import { fma } from './fma.as';

export { fma };

/**
 * The constants of exp, in memory. V8 takes no vector constant out of a loop: it builds each anew at each use, by a move and a
 * broadcast that all want the same port. Loaded, a constant is one instruction of another port.
 */
const EXP: usize = memory.data<f32>([
  -87, 88, 1.4426950408889634, 12583039, -0.693359375, 2.1219444e-4,
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1,
]);

// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  x = f32x4.pmax(v128.load_splat<f32>(EXP), f32x4.pmin(v128.load_splat<f32>(EXP, 4), x));
  // At 1.5 * 2^23 a unit in the last place is 1: the sum rounds to n, its low bits are n + 127, the exponent of 2^n.
  const magic = v128.load_splat<f32>(EXP, 12);
  const rounded = fma(x, v128.load_splat<f32>(EXP, 8), magic);
  const n = f32x4.sub(rounded, magic);
  let r = fma(n, v128.load_splat<f32>(EXP, 16), x);
  r = fma(n, v128.load_splat<f32>(EXP, 20), r);
  let p = v128.load_splat<f32>(EXP, 24);
  p = fma(p, r, v128.load_splat<f32>(EXP, 28));
  p = fma(p, r, v128.load_splat<f32>(EXP, 32));
  p = fma(p, r, v128.load_splat<f32>(EXP, 36));
  p = fma(p, r, v128.load_splat<f32>(EXP, 40));
  p = fma(p, r, v128.load_splat<f32>(EXP, 44));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), v128.load_splat<f32>(EXP, 48));
  return f32x4.mul(p, i32x4.shl(rounded, 23));
}

/**
 * sqrt(x), from the lanes' instruction. For f32.sqrt V8 emits the SSE form, sqrtss, which on Intel costs some hundred cycles
 * where 256-bit code has left its upper halves behind.
 */
// @ts-ignore: decorator
@inline export function sqrt1(x: f32): f32 {
  return f32x4.extract_lane(f32x4.sqrt(f32x4.splat(x)), 0);
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline export function sum4(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2)) + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3));
}

/** All ones in the lanes i + lane < n. */
// @ts-ignore: decorator
@inline export function below(i: i32, n: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n - i));
}
