/**
 * When a sum of products must come out exact, whatever the order and the instructions: every partial sum is a multiple of a grid
 * and f32 holds all multiples of it up to 2^24. So with 2^g dividing all a, and 2^h dividing all b, of sum a b
 *
 *   sum |a b| <= 2^24 2^(g + h)   =>   no rounding anywhere, and the bound is 0
 *
 * Canaries are rows and columns of that kind among ordinary ones. They lie n/8 apart, so that Strassen's method, which adds
 * blocks of rows to blocks of rows, adds canaries to canaries, down to three levels.
 */
import type { Rng } from '../src/contract/rng.ts';

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);

/** The largest g such that 2^g divides x; +Infinity for 0, -Infinity for what is no number. */
export function gridOf(x: number): number {
  float[0] = x;
  const bits = word[0] & 0x7fffffff;
  if (bits === 0) return Number.POSITIVE_INFINITY;
  if (bits >= 0x7f800000) return Number.NEGATIVE_INFINITY;
  const exponent = bits >>> 23;
  const digits = exponent === 0 ? bits : (bits & 0x7fffff) | 0x800000;
  return Math.max(exponent, 1) - 150 + (31 - Math.clz32(digits & -digits));
}

/** Of each of `count` sets of n values: the value of set i at k is X[i * step + k * stride]. */
export function grids(X: Float32Array, count: number, step: number, n: number, stride: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < n; k++) least = Math.min(least, gridOf(X[i * step + k * stride]));
    return least;
  });
}

/** Whether sums of this scale, of terms on this grid, are exact. */
export const isExact = (scale: number, grid: number): boolean => scale <= 2 ** (24 + Math.min(grid, 1000));

/** Up to eight indices below n; none unless the blocks of Strassen's method are equal. */
export function canaries(n: number, rng: Rng): readonly number[] {
  if (n < 8 || n % 8 !== 0) return [];
  const first = rng.int(0, n / 8 - 1);
  return Array.from({ length: 8 }, (_, q) => first + (q * n) / 8);
}

/**
 * Draws for the two sides of sums of K products: odd integers of up to 12 bits about as large as 1, and {-1, 0, 1}; or integers of
 * 19 bits, which inputs of 18 cannot hold, and one or two that are not 0.
 */
export function canaryDraws(K: number, rng: Rng): { readonly wide: () => number; readonly narrow: () => number } {
  const few = rng.bits() & 1;
  const most = few ? 2 ** 18 : Math.min(2 ** 11, Math.floor(2 ** 22 / Math.max(1, K)));
  const scale = 2 ** -Math.round(Math.log2(most));
  return {
    wide: () => scale * (2 * rng.int(-most, most - 1) + 1),
    narrow: () => (few && rng.int(1, K) > 2 ? 0 : rng.int(-1, 1)),
  };
}
