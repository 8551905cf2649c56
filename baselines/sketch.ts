/**
 * Checks a product C = alpha A B + before in O(M K + K N + M N), without computing it: by a random projection, and by elements that are drawn.
 *
 * Projection  got r = A (B r) + before r, row by row, with |r| in [1, 2) and random signs, which are drawn once the result is made.
 * Bound       An honest element is off by e_j <= b_j, what rounding may do to a sum (rounding.ts). The signs are independent of e, so by
 *             Hoeffding's inequality |sum e_j r_j| > lambda |b r|_2 in one of exp(lambda^2 / 2) / 2 rows at most: lambda = 9 is one in
 *             2e17. |b_i r|_2 needs the product s = |A||B|; but s_i is the sum over k of |a_ik| times row k of |B|, so by the triangle
 *             inequality
 *               |s_i r|_2 <= sum_k |a_ik| |B_k r|_2
 *             which the bound takes, and |before_i r|_2 beside it. One element that is zeroed exceeds it some 50 times at n = 512, and
 *             rounding to half precision once or twice; errors that are made to cancel would have to know r.
 * Elements    All whose sum of products must be exact: those of canary rows and columns. And 64 drawn ones, within b_j, or exactly.
 * Source      Freivalds 1977 for the projection; Hoeffding 1963, theorem 2, for the sum of random signs.
 */
import type { Rng } from '../src/contract/random.ts';
import { coarsest, gridOf, isExact, productGrid } from './exact.ts';
import { roundingOf } from './rounding.ts';

export interface Product {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Of A, and the columns of B: contiguous lines of K. */
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  /** The product is multiplied by it. */
  readonly alpha: number;
  /** What is added to an element, and a grid that it lies on; +Infinity where nothing is. */
  readonly before: (i: number, j: number) => number;
  readonly gridBefore: (i: number, j: number) => number;
  readonly got: (i: number, j: number) => number;
}

const lambda = 9;
const elements = 64;

/** The largest error as a share of its bound: above 1, or NaN, the result is wrong. */
export function sketch(product: Product, rng: Rng): number {
  const found = [projection(product, rng), exactElements(product), drawnElements(product, rng)];
  // Math.max hands on a NaN.
  return Math.max(...found);
}

function projection({ M, N, K, rows, columns, alpha, before, got }: Product, rng: Rng): number {
  const r = Float64Array.from({ length: N }, () => (rng.bits() & 1 ? 1 : -1) * (1 + rng.unit()));
  const projected = new Float64Array(K);
  const squares = new Float64Array(K);
  for (let j = 0; j < N; j++) {
    for (let k = 0; k < K; k++) {
      const term = columns[j * K + k] * r[j];
      projected[k] += term;
      squares[k] += term * term;
    }
  }
  const norms = squares.map(Math.sqrt);
  let worst = 0;
  for (let i = 0; i < M; i++) {
    let off = 0;
    let [terms, added] = [0, 0];
    for (let j = 0; j < N; j++) {
      const term = before(i, j);
      off += (got(i, j) - term) * r[j];
      added += (term * r[j]) ** 2;
    }
    for (let k = 0; k < K; k++) {
      off -= alpha * rows[i * K + k] * projected[k];
      terms += Math.abs(alpha * rows[i * K + k]) * norms[k];
    }
    // A sum in f64 is no longer exact either, and a row of which all is 0 has no error at all.
    worst = larger(worst, shareOf(Math.abs(off), lambda * roundingOf(K, terms, Math.sqrt(added))));
  }
  return worst;
}

/** Elements of rows and columns whose products lie on a coarse grid. */
function exactElements(product: Product): number {
  const { M, N, K, rows, columns, alpha, gridBefore } = product;
  const grid = productGrid(K, { X: rows, count: M, step: K, stride: 1 }, { X: columns, count: N, step: K, stride: 1 });
  let worst = 0;
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      const ofProduct = grid(i, j);
      if (ofProduct < coarsest) continue;
      const { error, terms, added } = elementOf(product, i, j);
      if (isExact(terms + added, Math.min(ofProduct + gridOf(alpha), gridBefore(i, j))))
        worst = larger(worst, shareOf(error, 0));
    }
  }
  return worst;
}

function drawnElements(product: Product, rng: Rng): number {
  const { M, N, K } = product;
  let worst = 0;
  for (let n = 0; n < elements && M * N > 0; n++) {
    const { error, terms, added } = elementOf(product, rng.int(0, M - 1), rng.int(0, N - 1));
    worst = larger(worst, shareOf(error, roundingOf(K, terms, added)));
  }
  return worst;
}

function elementOf({ K, rows, columns, alpha, before, got }: Product, i: number, j: number) {
  let sum = 0;
  let terms = 0;
  for (let k = 0; k < K; k++) {
    const term = rows[i * K + k] * columns[j * K + k];
    sum += term;
    terms += Math.abs(term);
  }
  const added = before(i, j);
  const error = Math.abs(got(i, j) - alpha * sum - added);
  return { error, terms: Math.abs(alpha) * terms, added: Math.abs(added) };
}

const shareOf = (error: number, bound: number): number => (error === 0 ? 0 : error / bound);

/** A NaN gets in, and once in it stays. */
const larger = (worst: number, found: number): number => (Number.isNaN(worst) || found <= worst ? worst : found);
