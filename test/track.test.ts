/** Intervals as characters on a log axis. */
import { expect, test } from 'vitest';
import { axisOf, track, trackColumns, verdictOf } from '../src/report/track.ts';
import type { Interval } from '../src/stats/interval.ts';

const of = (value: number, low: number | null = null, high: number | null = low): Interval => ({ value, low, high });
const drawn = (interval: Interval, axis: ReturnType<typeof axisOf>, width: number, peer = false) =>
  track({ interval, verdict: verdictOf(interval), peer }, axis, width);

/** Of 1/16 to 16, a character a doubling. */
const axis = { from: Math.log(1 / 16), to: Math.log(16) };

test.each([
  ['faster', of(4, 2, 8), false, '    ┊├●┤ '],
  ['slower', of(1 / 4, 1 / 8, 1 / 2), false, ' ├●┤┊    '],
  ['inconclusive', of(2, 1 / 2, 8), false, '   ├┼○─┤ '],
  ['a peer', of(4, 2, 8), true, '    ┊├◆┤ '],
  ['a peer that is inconclusive', of(1, 1 / 2, 2), true, '   ├◇┤   '],
  ['edges far outside the axis', of(1, 0, 1e12), false, '←───○───→'],
  ['an edge on the axis', of(4, 2, 16), false, '    ┊├●─┤'],
  ['one round, which has no interval', of(4), false, '    ┊ ○  '],
])('%s', (_, interval, peer, text) => {
  expect(drawn(interval, axis, 9, peer)).toBe(text);
});

test('a withheld one has no mark', () => {
  expect(track(null, axis, 9).trimEnd()).toBe('    ┊');
});

test.each([
  ['1x is on it, below all', [of(4), of(8)], false, [1, 8]],
  ['and above all', [of(1 / 4)], false, [1 / 4, 1]],
  ['edges widen it by a quarter at most', [of(16, 1e-3, 1e9)], false, [1 / 2, 32]],
  ['1x may be in its middle', [of(1 / 4)], true, [1 / 4, 4]],
] as const)('an axis: %s', (_, intervals, around, [from, to]) => {
  const found = axisOf(intervals, around);
  // Within the two percent that keep a mark off the edge.
  expect(Math.abs(found.from - Math.log(from))).toBeLessThan(0.025);
  expect(Math.abs(found.to - Math.log(to))).toBeLessThan(0.025);
});

test.each([1, 3, 9, 12, 36, 200])('stays in %i characters, as its ruler does', (width) => {
  for (const interval of [of(1), of(1e15, 1e-300, 1e300), of(Number.MIN_VALUE, -1, 1)]) {
    const own = axisOf([interval]);
    expect([...drawn(interval, own, width)]).toHaveLength(width);
    const [column] = trackColumns([interval], (one) => ({ interval: one, verdict: 'faster' as const }));
    if (width >= 12) expect(column.picture?.ruler(width)).toMatch(/^.*1x.*$/);
    if (width >= 12) expect(column.picture?.ruler(width)).toHaveLength(width);
  }
});

test('there is no column without a mark', () => {
  expect(trackColumns([1, 2], () => null)).toEqual([]);
});
