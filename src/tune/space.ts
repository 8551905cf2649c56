/** The space of a generator's parameters: where a search goes next. Pure, but for the draws. */
import type { Parameters } from '../contract/candidate.ts';
import type { Rng } from '../contract/rng.ts';

export type Space = Readonly<Record<string, readonly (number | string)[]>>;

/** The same for the same values, in whatever order they are named. */
export function keyOf(parameters: Parameters): string {
  return JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function sizeOf(space: Space): number {
  return Object.values(space).reduce((product, values) => product * values.length, 1);
}

/**
 * A configuration that was not tried yet: by turns the best one so far with one parameter changed, and all of them at random.
 * Null once many draws in a row were tried before: the space is as good as exhausted.
 */
export function propose(space: Space, best: Parameters, tried: ReadonlySet<string>, rng: Rng): Parameters | null {
  const names = Object.keys(space);
  if (names.length === 0) return null;
  const pick = (name: string) => space[name][rng.int(0, space[name].length - 1)];
  for (let draw = 0; draw < 40 + 4 * sizeOf(space) && draw < 2000; draw++) {
    const changed = rng.bits() & 1 ? [names[rng.int(0, names.length - 1)]] : names;
    const proposal = { ...best, ...Object.fromEntries(changed.map((name) => [name, pick(name)])) };
    if (!tried.has(keyOf(proposal))) return proposal;
  }
  return null;
}

/** What differs from the candidate's own choice: `MR 4 KC 384`. */
export function changes(parameters: Parameters, own: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name, value]) => own[name] !== value));
}
