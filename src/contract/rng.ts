/** Random draws, reproducible from a 32-bit seed: xoroshiro128+ (pure-rand) and distributions on top of it. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random numbers: the same ones from the same seed, on every machine. */
export interface Rng {
  /** 32 random bits, signed. */
  bits(): number;
  /** U[0, 1) on a grid of 2^-24, exact in f32. */
  unit(): number;
  /** Uniform over the integers lo..hi, both included. */
  int(lo: number, hi: number): number;
  /** N(0, 1), Box and Muller. */
  normal(): number;
  /** Another generator, independent of later draws from this one. */
  fork(): Rng;
}

/** The same draws for the same seed, on every machine. */
export function makeRng(seed: number): Rng {
  const source = xoroshiro128plus(seed);
  const unit = () => (source.next() >>> 8) * 2 ** -24;
  let spare = Number.NaN;
  return {
    bits: () => source.next(),
    unit,
    int: (lo, hi) => uniformInt(source, lo, hi),
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - unit()));
      const angle = 2 * Math.PI * unit();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    fork: () => makeRng(source.next()),
  };
}
