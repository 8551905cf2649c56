/**
 * gelu(x) = x s,  s = 1 / (1 + e),  e = exp(-2 z),  z = sqrt(2/pi) (x + 0.044715 x^3);  gelu'(x) = s + 2 x (e s) s z';
 * four lanes each.
 *
 * Numerics 1 - s = e s does not cancel. exp clamps its argument, so that e is finite: no NaN at large |x|.
 * Needs    relaxed SIMD.
 * Source   Hendrycks and Gimpel 2016, arXiv:1606.08415; the tanh form of GPT-2, with (1 + tanh z) / 2 = s.
 */
import { exp, fma } from './math.as';

/** 2 sqrt(2/pi), that times 0.044715, three times that, and 1; in memory for the reason that math.as.ts gives. */
const GELU: usize = memory.data<f32>([1.5957691216057308, 0.07135481282553487, 0.21406443847660462, 1]);

// @ts-ignore: decorator
@inline function constant(i: usize): v128 {
  return v128.load_splat<f32>(GELU + (i << 2));
}

// @ts-ignore: decorator
@inline export function gelu(x: v128): v128 {
  const slope = fma(f32x4.mul(x, x), constant(1), constant(0));
  const e = exp(f32x4.neg(f32x4.mul(x, slope)));
  return f32x4.div(x, f32x4.add(e, constant(3)));
}

// @ts-ignore: decorator
@inline export function geluSlope(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const e = exp(f32x4.neg(f32x4.mul(x, fma(square, constant(1), constant(0)))));
  const s = f32x4.div(constant(3), f32x4.add(e, constant(3)));
  const twice = fma(square, constant(2), constant(0));
  return fma(f32x4.mul(f32x4.mul(e, s), f32x4.mul(x, twice)), s, s);
}
