/**
 * When a sum of products must come out exact, whatever the order and the instructions: every partial sum is a multiple of a grid
 * and f32 holds all multiples of it up to 2^24. So with 2^g dividing each product a b of a sum,
 *
 *   sum |a b| <= 2^24 2^g   =>   no rounding anywhere, and the bound is 0
 *
 * Canaries are rows and columns of that kind among ordinary ones.
 */
import type { Rng } from '../src/contract/random.ts';

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

/** The lines of a factor, rows or columns: the value of line i at k is X[i * step + k * stride]. */
export interface Lines {
  readonly X: Float32Array | Float64Array;
  readonly count: number;
  readonly step: number;
  readonly stride: number;
}

/** Lines on a grid as coarse as this can be canaries; ordinary numbers of about 1 are finer, some of a line at least. */
export const coarsest = -23;

/**
 * The largest g known such that 2^g divides each product of two lines of K: by the grids of both, and if both are coarse, by the grids at
 * each k of all coarse lines, among which a narrow number is beside a wide one.
 */
export function productGrid(K: number, left: Lines, right: Lines): (i: number, j: number) => number {
  const [a, b] = [gridsOf(K, left), gridsOf(K, right)];
  const common = a.atEach.reduce((least, grid, k) => Math.min(least, grid + b.atEach[k]), Number.POSITIVE_INFINITY);
  return (i, j) => {
    const own = a.ofEach[i] + b.ofEach[j];
    return a.ofEach[i] >= coarsest && b.ofEach[j] >= coarsest ? Math.max(own, common) : own;
  };
}

/** The grid of each line, and the one that the coarse lines share at each k. */
function gridsOf(K: number, { X, count, step, stride }: Lines) {
  const ofEach = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const atEach = new Float64Array(K).fill(Number.POSITIVE_INFINITY);
  const line = new Float64Array(K);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < K; k++) {
      line[k] = gridOf(X[i * step + k * stride]);
      if (line[k] < ofEach[i]) ofEach[i] = line[k];
    }
    if (ofEach[i] >= coarsest) for (let k = 0; k < K; k++) atEach[k] = Math.min(atEach[k], line[k]);
  }
  return { ofEach, atEach };
}

/** Whether sums of this scale, of terms on this grid, are exact. */
export const isExact = (scale: number, grid: number): boolean => scale <= 2 ** (24 + Math.min(grid, 1000));

/** All indices below n. */
export const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** Eight indices below n, one in each eighth; none of fewer than eight. */
export function canaries(n: number, rng: Rng): readonly number[] {
  if (n < 8) return [];
  const start = (q: number) => Math.floor((q * n) / 8);
  return Array.from({ length: 8 }, (_, q) => rng.int(start(q), start(q + 1) - 1));
}

const widest = 2 ** 19;

/**
 * Integers for the two sides of sums of K products, all of which are exact: for each k it is drawn which side is wide, and how wide.
 *
 *   short   an odd integer on the wide side, 0 or 1 on the other; all of them add up to half of the room at most
 *   long    an odd integer of up to 19 bits; the other side is 1 at one k that it draws, and 0 at all others: two such products a sum
 *
 * So each sum asks for nearly all bits of wide numbers on either side, and as signs go by line, it has nearly the most bits that f32 holds:
 * inputs, products or results of fewer bits show in most elements, and not only under some draws. With 19 bits, two levels of Strassen's
 * method, which multiplies wide by wide, stay exact in f64: 2 * 19 bits, log2 K for the sum, and six for what it adds before and after.
 */
export class ExactSums {
  readonly #rng: Rng;
  /** Bit 0: which side is wide; bit 1: long. */
  readonly #kinds: Uint8Array;
  readonly #most: readonly number[];
  readonly #unit: number;

  /** `unit`, a power of two: of the wide numbers. `room`: what a sum may come to in this unit, less where it is scaled or added to. */
  constructor(K: number, rng: Rng, unit: number, room = 2 ** 24) {
    this.#rng = rng;
    this.#unit = unit;
    this.#kinds = Uint8Array.from({ length: K }, () => rng.int(0, 3));
    this.#most = [room / 2 / Math.max(1, K), room / 4].map((most) => Math.min(widest, Math.floor(most)));
  }

  /** One line of a side, k by k: a row of the left factor (side 0), or a column of the right one (side 1). */
  draw(side: 0 | 1, put: (k: number, value: number) => void): void {
    const sign = this.#rng.bits() & 1 ? 1 : -1;
    const isLone = (kind: number) => kind === (side === 0 ? 3 : 2);
    const lone = this.#kinds.reduce((count, kind) => count + (isLone(kind) ? 1 : 0), 0);
    let left = lone === 0 ? -1 : this.#rng.int(0, lone - 1);
    for (const [k, kind] of this.#kinds.entries()) {
      const isLong = kind >> 1;
      if ((kind & 1) === side) put(k, sign * this.#unit * odd(this.#rng, this.#most[isLong]));
      else if (isLong) put(k, left-- === 0 ? sign : 0);
      else put(k, this.#rng.int(0, 3) === 0 ? 0 : sign);
    }
  }
}

/** An odd integer from 1 to `most`; 1 if that is less. */
const odd = (rng: Rng, most: number): number => 2 * rng.int(0, Math.max(0, (most - 1) >> 1)) + 1;

/** The odd part of x = p 2^e, by which it widens what it scales; 0 of 0. */
export const oddPart = (x: number): number => (x === 0 ? 0 : Math.abs(x) / 2 ** gridOf(x));
