/**
 * The seed of a run follows from a secret. The hash of the secret is printed before anything runs and stands in the record beside
 * the secret itself, so that whoever has the record can see that inputs and shapes were fixed beforehand, and by nobody's choice.
 */
import { createHash, randomBytes } from 'node:crypto';

export interface Seed {
  readonly seed: number;
  /** Null for a seed that was given. */
  readonly commitment: { readonly hash: string; readonly secret: string } | null;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

export const commitmentTo = (secret: string): string => sha256(`nfold commitment ${secret}`).toString('hex');

/** Too many to be tried out by a kernel that wants to foresee its inputs, and each exact as a number. */
export const maxSeed = Number.MAX_SAFE_INTEGER;

/** A whole number from 0 to `maxSeed`, as --seed takes it. */
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
