/** Names of points as flags: a leader to a row of its own, sorted so that no leader crosses a name. */
import { charWidth } from './legend.ts';

export interface Flag<T> {
  readonly of: T;
  readonly text: string;
  readonly x: number;
  /** Whether its row lies above the points, with the name at the left of the leader; else below, with the name at its right. */
  readonly isUp: boolean;
  /** From 0, away from the points. */
  readonly row: number;
}

/**
 * A name ends in the row beyond those of all leaders that it passes. Those that lie far to the right go up.
 * `at`: the pixel of a point.
 */
export function flagsOf<T>(
  points: readonly T[],
  at: (point: T) => number,
  nameOf: (point: T) => string,
  { left, right }: { readonly left: number; readonly right: number },
): Flag<T>[] {
  const all = points.map((of) => {
    const [x, text] = [at(of), nameOf(of)];
    const length = 8 + charWidth * text.length;
    return { of, x, text, length, isUp: x > left + 0.6 * (right - left) || x + length > right };
  });
  const up = all.filter(({ isUp }) => isUp).sort((a, b) => a.x - b.x);
  const down = all.filter(({ isUp }) => !isUp).sort((a, b) => b.x - a.x);
  // In this order, a name can pass only leaders that have their rows already.
  return [up, down].flatMap((side) =>
    side.reduce<Flag<T>[]>((placed, { length, ...flag }) => {
      const passed = placed.filter(({ x }) => Math.abs(x - flag.x) <= length).map(({ row }) => row);
      return placed.concat({ ...flag, row: 1 + Math.max(-1, ...passed) });
    }, []),
  );
}
