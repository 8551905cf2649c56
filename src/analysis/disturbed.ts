/**
 * When a number is withheld although it was measured, because the machine was not calm enough for it:
 *
 *   rounds     fewer than two rounds, or fewer than half of them, have a turn in which both sides had calm calls
 *   interval   it spans more than half of the value to either side, so it says nothing
 */
import { halfWidth, type Interval } from '../stats/interval.ts';
import type { leftOut } from '../stats/speedup.ts';

const minRounds = 2;
const minShare = 0.5;
const maxHalfWidth = 0.5;

/** The reason, as the end of a sentence; null if the speedup stands. */
export function disturbance(
  { rounds, disturbedRounds, count, of }: ReturnType<typeof leftOut>,
  found: Interval | null,
): string | null {
  if (rounds === 0) return null;
  const calm = rounds - disturbedRounds;
  if (calm < Math.min(minRounds, rounds) || calm < minShare * rounds)
    return `${count} of ${of} calls waited for a CPU, and ${calm} of ${rounds} rounds were calm`;
  return found && tooWide(found);
}

/** Why an interval says nothing, as the end of a sentence; null if it says something, or if nothing is known of its width. */
export function tooWide(found: Interval): string | null {
  const half = halfWidth(found);
  if (half <= maxHalfWidth || !Number.isFinite(half)) return null;
  return `its rounds differ so much that the interval spans ${(100 * half).toFixed(0)} % to either side`;
}
