/** What intervals say of 1, where nothing is gained: in a word for each, and in a sentence for many. */

import { verdictOf as verdictWith } from '../report/track.ts';
import type { Interval } from '../stats/interval.ts';
import type { ComparisonVerdict } from '../stats/verdict.ts';

type Verdict = ComparisonVerdict | null;

/** As the record says, which knows the noise; of before it did, by the interval alone. Null for what is withheld. */
export const verdictOf = (found: Interval | null, comparison: Verdict = null): Verdict =>
  found && verdictWith(found, comparison);

/** Hollow in charts. */
export const isUnsure = (verdict: Verdict): boolean => verdict === 'inconclusive' || verdict === 'same';

/** The class of a table's row. */
export const lookOf = (verdict: Verdict): string | undefined =>
  verdict === null ? 'withheld' : isUnsure(verdict) ? 'vague' : undefined;

/** `21 of 22 means clear 1×`, `none of 3 speedups clears 1×, 1 lies below it, 2 are withheld`. */
export function clearText(verdicts: readonly Verdict[], what: 'mean' | 'speedup'): string {
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  const [faster, slower, withheld] = [count('faster'), count('slower'), count(null)];
  const measured = verdicts.length - withheld;
  if (measured === 0)
    return `no ${what} could be taken: ${withheld === 1 ? 'the only one is' : `all ${withheld} are`} withheld`;
  const below = slower > 0 && measured > 1 ? `, ${slower} ${slower === 1 ? 'lies' : 'lie'} below it` : '';
  const without = withheld > 0 ? `, ${withheld} ${are(withheld)} withheld` : '';
  const head =
    measured === 1
      ? `the one ${what} ${faster ? 'clears' : slower ? 'lies below' : 'does not clear'} 1×`
      : faster === measured
        ? `all ${measured} ${what}s clear 1×`
        : `${faster || 'none'} of ${measured} ${what}s ${faster > 1 ? 'clear' : 'clears'} 1×`;
  return head + below + without;
}

const are = (count: number) => (count === 1 ? 'is' : 'are');
