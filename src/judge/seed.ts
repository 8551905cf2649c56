/**
 * The seed of a run follows from a random secret. The secret's hash is printed before the run and stands in the record beside the secret,
 * so the record proves that inputs and shapes were fixed before the run, and that no person chose them.
 */
import { createHash, randomBytes } from 'node:crypto';

export interface Seed {
  readonly seed: number;
  /** Null for a seed that the user gave. */
  readonly commitment: { readonly hash: string; readonly secret: string } | null;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

export const commitmentTo = (secret: string): string => sha256(`nfold commitment ${secret}`).toString('hex');

/** A kernel cannot try out that many seeds to foresee its inputs, and a number holds each of them exactly. */
export const maxSeed = Number.MAX_SAFE_INTEGER;

/** An integer from 0 to `maxSeed`, as --seed takes it. */
export const seedOf = (secret: string): number =>
  Number(sha256(`nfold seed ${secret}`).readBigUInt64LE() & BigInt(maxSeed));

export function makeSeed(given: number | undefined): Seed {
  if (given !== undefined) return { seed: given, commitment: null };
  const secret = randomBytes(16).toString('hex');
  return { seed: seedOf(secret), commitment: { hash: commitmentTo(secret), secret } };
}

/** A seed for one purpose of a run, so that each check can be replayed without those before it. */
export function deriveSeed(runSeed: number, ...purpose: (string | number)[]): number {
  return sha256([runSeed, ...purpose].join('|')).readInt32LE(0);
}
