/**
 * Whether a variant takes longer in the calls that were compared in full than in others. These calls are chosen at random once all have been
 * answered, so nothing but chance, or a kernel that knows what the choice will be, can make them slow.
 *
 *   one case     p = C(s, k) / C(n, k): all k calls in full are among the s slowest of n, down to the fastest of them
 *   all cases    Fisher's method: of x = -sum log p over c cases, P = exp(-x) sum over j < c of x^j / j!
 */
import { medianSorted } from 'simple-statistics';
import type { Audit } from '../stopwatch/request.ts';

/** Once in a million honest runs. */
const unlikely = 1e-6;
/** A smaller difference gains nothing. */
const minRatio = 1.2;

export interface Foreseen {
  /** The ratio of the times, fully compared calls over others, and its probability by chance. */
  readonly ratio: number;
  readonly chance: number;
}

/** Of the audits of one variant, each of a case in a round; null if all is as chance has it. */
export function foreseen(audits: readonly Audit[]): Foreseen | null {
  const cases = [...Map.groupBy(audits, (audit) => audit.case).values()].flatMap((rounds) => {
    const full = rounds.flatMap(({ fullNs }) => fullNs);
    const others = rounds.flatMap(({ othersNs }) => othersNs).sort((a, b) => a - b);
    if (full.length === 0 || others.length === 0) return [];
    const least = Math.min(...full);
    const slow = full.length + others.filter((ns) => ns >= least).length;
    return [{ logP: logChance(slow, full.length + others.length, full.length), ratio: least / medianSorted(others) }];
  });
  if (cases.length === 0) return null;
  const mean = (of: (one: (typeof cases)[number]) => number) =>
    cases.reduce((sum, one) => sum + of(one), 0) / cases.length;
  const x = -cases.length * mean(({ logP }) => logP);
  let [term, sum] = [1, 0];
  for (let j = 0; j < cases.length; j++) {
    sum += term;
    term *= x / (j + 1);
  }
  const found = { ratio: Math.exp(mean(({ ratio }) => Math.log(ratio))), chance: Math.exp(-x) * sum };
  return found.chance < unlikely && found.ratio > minRatio ? found : null;
}

/** log C(s, k) / C(n, k) */
function logChance(s: number, n: number, k: number): number {
  let log = 0;
  for (let i = 0; i < k; i++) log += Math.log((s - i) / (n - i));
  return log;
}
