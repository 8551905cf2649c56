/**
 * exp(x) = 2^n * p(r), n = nearest(x / ln 2), r = x - n ln 2, |r| <= ln(2) / 2; four lanes.
 *
 * Numerics within two units in the last place; exp(0) = 1 exactly. x is clamped to -87 .. 88, where
 *          2^n is a normal number: below, the result is 1.6e-38 and not 0.
 * Needs    relaxed SIMD.
 * Source   Cephes, expf: its polynomial of degree 7 and its split of ln 2.
 */

// @ts-ignore: decorator
@inline export function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.splat(-87), f32x4.pmin(f32x4.splat(88), x));
  // At 1.5 * 2^23 a unit in the last place is 1: the sum rounds to n, its low bits are n + 127, the exponent of 2^n.
  const rounded = fma(x, f32x4.splat(1.4426950408889634), f32x4.splat(12582912 + 127));
  const n = f32x4.sub(rounded, f32x4.splat(12582912 + 127));
  let r = fma(n, f32x4.splat(-0.693359375), x);
  r = fma(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = fma(p, r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(rounded, 23));
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
