/**
 * out = x s,  s = 1 / (1 + exp(-2 y)),  y = sqrt(2/pi) (x + 0.044715 x^3)          as 0.5 (1 + tanh y) = s
 * dx  = dout (s + 2 x s (1 - s) y'),  1 - s = exp(-2 y) s
 *
 * Shapes   n floats, n a multiple of 4.
 * Needs    relaxed SIMD. Two vectors a turn, loads first, then both stores: the revectorizer packs them.
 * Numerics no cancellation at negative x, where 1 + tanh has one.
 * Source   Hendrycks and Gimpel 2016, arXiv:1606.08415; the tanh form of GPT-2.
 */
import { exp, fma } from './math.as';

/** 2 sqrt(2/pi), and that times 0.044715. */
const LINEAR: f32 = 1.5957691216057308;
const CUBIC: f32 = 0.07135481282553487;

// @ts-ignore: decorator
@inline function value(a: v128): v128 {
  const slope = fma(f32x4.mul(a, a), f32x4.splat(CUBIC), f32x4.splat(LINEAR));
  const e = exp(f32x4.neg(f32x4.mul(a, slope)));
  return f32x4.div(a, f32x4.add(e, f32x4.splat(1)));
}

// @ts-ignore: decorator
@inline function derivative(a: v128): v128 {
  const square = f32x4.mul(a, a);
  const e = exp(f32x4.neg(f32x4.mul(a, fma(square, f32x4.splat(CUBIC), f32x4.splat(LINEAR)))));
  const s = f32x4.div(f32x4.splat(1), f32x4.add(e, f32x4.splat(1)));
  const slope = fma(square, f32x4.splat(3 * CUBIC), f32x4.splat(LINEAR));
  return fma(f32x4.mul(f32x4.mul(e, s), f32x4.mul(a, slope)), s, s);
}

export function geluForward(out: usize, x: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x + 32 <= end; x += 32, out += 32) {
    const y0 = value(v128.load(x)), y1 = value(v128.load(x, 16));
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
  if (x < end) v128.store(out, value(v128.load(x)));
}

/** d holds dout, and then dx. */
export function geluBackward(d: usize, x: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x + 32 <= end; x += 32, d += 32) {
    const d0 = f32x4.mul(v128.load(d), derivative(v128.load(x)));
    const d1 = f32x4.mul(v128.load(d, 16), derivative(v128.load(x, 16)));
    v128.store(d, d0);
    v128.store(d, d1, 16);
  }
  if (x < end) v128.store(d, f32x4.mul(v128.load(d), derivative(v128.load(x))));
}
