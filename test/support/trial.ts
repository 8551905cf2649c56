/** A trial of the tuner, as its log holds it. */
import type { Trial } from '../../src/build/tuned.ts';

export const dims = { M: 64, N: 64 };
export const common = { hash: 'abc', threads: 2, case: 'M64N64', dims, at: '2026-11-25T00:00:00.000Z' };
export const trial: Trial = {
  type: 'trial',
  ...common,
  parameters: { MR: 4 },
  rung: 0,
  timeNs: [1],
  defaultNs: [2],
  failure: null,
};
