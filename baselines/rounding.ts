/** What rounding to f32 may do to a sum; exact.ts has the sums that it does nothing to. */

/** The largest relative error of one rounding to f32. */
const u = 2 ** -24;

/** By how much, as a share of the sum of its absolute terms, a sum of K random terms may be off: errors walk as sqrt(K). */
export const walk = (K: number): number => (2 * Math.sqrt(K) + 8) * u;

/** The same where each step rounds alike: K steps are then off by K u at most, and a quarter of that was seen. */
const march = (K: number): number => (K + 8) * u;

/**
 * By how much `before + a sum of K products` may be off, whose absolute values add up to `terms`. Steps round alike where products of few
 * values are added again and again (`alike`), and where `before` dwarfs them, so that each step is rounded at its size.
 */
export const roundingOf = (K: number, terms: number, before: number, alike = false): number =>
  (alike ? march(K) : walk(K)) * terms + march(K) * before;
