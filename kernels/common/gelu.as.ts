/**
 * out = x s,  s = 1 / (1 + exp(-2 y)),  y = sqrt(2/pi) (x + 0.044715 x^3)          as 0.5 (1 + tanh y) = s
 * dx  = dout (s + 2 x s (1 - s) y'),  1 - s = exp(-2 y) s
 *
 * Shapes   n floats, n a multiple of 4.
 * Needs    relaxed SIMD. Two vectors a turn, loads first, then both stores: the revectorizer packs them.
 * Numerics no cancellation at negative x, where 1 + tanh has one.
 * Source   Hendrycks and Gimpel 2016, arXiv:1606.08415; the tanh form of GPT-2.
 */
import { gelu, geluSlope } from './gelulanes.as';

export function geluForward(out: usize, x: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x + 32 <= end; x += 32, out += 32) {
    const y0 = gelu(v128.load(x)), y1 = gelu(v128.load(x, 16));
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
  if (x < end) v128.store(out, gelu(v128.load(x)));
}

/** d holds dout, and then dx. */
export function geluBackward(d: usize, x: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x + 32 <= end; x += 32, d += 32) {
    const d0 = f32x4.mul(v128.load(d), geluSlope(v128.load(x)));
    const d1 = f32x4.mul(v128.load(d, 16), geluSlope(v128.load(x, 16)));
    v128.store(d, d0);
    v128.store(d, d1, 16);
  }
  if (x < end) v128.store(d, f32x4.mul(v128.load(d), geluSlope(v128.load(x))));
}
