/**
 * The seed of a run follows from a random secret. The secret's hash is printed before the run and stands in the record beside the secret,
 * so the record proves that inputs and shapes were fixed before the run, and that no person chose them.
 */
import { randomBytes } from 'node:crypto';
import { makeRng, type Rng, type Seed } from '../contract/rng.ts';
import { sha256 } from '../contract/sha256.ts';

export interface Committed {
  readonly seed: Seed;
  /** Null for a seed that the user gave. */
  readonly commitment: { readonly hash: string; readonly secret: string } | null;
}

/** 128 bits as hex digits: more than can be tried. */
const seedDigits = 32;

export const commitmentTo = (secret: string): string => sha256(`nfold commitment ${secret}`);

export const seedOf = (secret: string): string => sha256(`nfold seed ${secret}`).slice(0, seedDigits);

export function makeSeed(given: Seed | undefined): Committed {
  if (given !== undefined) return { seed: given, commitment: null };
  return committedTo(newSecret());
}

export const newSecret = (): string => randomBytes(16).toString('hex');

export const committedTo = (secret: string): Committed => ({
  seed: seedOf(secret),
  commitment: { hash: commitmentTo(secret), secret },
});

/** Draws that nothing foretells, and nothing repeats. */
export const freshRng = (): Rng => makeRng(randomBytes(16).toString('hex'));

/** A seed for one purpose of a run, so that each check can be replayed without those before it. */
export function deriveSeed(runSeed: Seed, ...purpose: (string | number)[]): string {
  return sha256([runSeed, ...purpose].join('|')).slice(0, seedDigits);
}
