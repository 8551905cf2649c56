/** What draws are asked for by. Its types alone need no types of Node, so that a kernel's tsconfig can do without. */

/** An integer that a person gave, or the 32 hex digits of 128 drawn bits. */
export type Seed = number | string;

/** A source of random numbers: the same ones from the same seed, on every machine. */
export interface Rng {
  /** 32 random bits, signed. */
  bits(): number;
  /** U[0, 1) on a grid of 2^-24, exact in f32. */
  unit(): number;
  /** Uniform over the integers lo..hi, both included, of which there are at most 2^32. */
  int(lo: number, hi: number): number;
  /** N(0, 1), Box and Muller. */
  normal(): number;
  /** Another generator, independent of later draws from this one. */
  fork(): Rng;
}
