/**
 * Random draws, reproducible from a seed: the key stream of AES-128 in counter mode (node:crypto; NIST SP 800-38A), keyed by the seed's
 * SHA-256, and distributions on top of it. A candidate sees many draws; from them it can neither tell others nor learn the seed.
 */
import { type Cipheriv, createCipheriv, createHash } from 'node:crypto';
import type { Rng, Seed } from './random.ts';

export type { Rng, Seed } from './random.ts';

/** Bytes of the first piece of the key stream, which few generators exhaust, and of later ones. */
const [firstBytes, laterBytes] = [1 << 10, 1 << 16];
const zeros = new Uint8Array(laterBytes);

class KeyStream implements Rng {
  readonly #cipher: Cipheriv;
  #words: Int32Array;
  #at = 0;
  #spare = Number.NaN;

  constructor(seed: Seed) {
    const key = createHash('sha256').update(`nfold rng ${seed}`).digest();
    this.#cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
    this.#words = this.#piece(firstBytes);
  }

  #piece(bytes: number): Int32Array {
    const { buffer, byteOffset } = this.#cipher.update(zeros.subarray(0, bytes));
    return new Int32Array(buffer, byteOffset, bytes / 4);
  }

  bits(): number {
    if (this.#at === this.#words.length) {
      this.#words = this.#piece(laterBytes);
      this.#at = 0;
    }
    return this.#words[this.#at++];
  }

  unit(): number {
    return (this.bits() >>> 8) * 2 ** -24;
  }

  int(lo: number, hi: number): number {
    const most = hi - lo;
    if (!(most >= 0 && most < 2 ** 32)) throw new RangeError(`cannot draw an integer from ${lo} to ${hi}`);
    // As many bits as `most` has, drawn again while they exceed it: all values are equally likely.
    const mask = most === 0 ? 0 : -1 >>> Math.clz32(most);
    for (;;) {
      const drawn = (this.bits() & mask) >>> 0;
      if (drawn <= most) return lo + drawn;
    }
  }

  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const value = this.#spare;
      this.#spare = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    const angle = 2 * Math.PI * this.unit();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  fork(): Rng {
    return new KeyStream([this.bits(), this.bits(), this.bits(), this.bits()].join());
  }
}

/** The same draws for the same seed, on every machine. */
export const makeRng = (seed: Seed): Rng => new KeyStream(seed);
