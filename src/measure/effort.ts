/** How much time a run may take and how sure it should be. Effort follows precision: at 50x nobody needs half a percent. */
import type { Artifact } from '../cell/protocol.ts';

export interface Effort {
  readonly name: 'quick' | 'default' | 'thorough';
  /** Rounds: as many as are wanted, and the most if the interval stays wide. Never fewer than `leastRounds`. */
  readonly rounds: readonly [number, number];
  /** Stop once the interval of every mean is within this share of it. */
  readonly halfWidth: number;
  /** Seconds for the rounds of one suite. A slow machine gets fewer rounds, and so wider intervals, not a longer wait. */
  readonly budgetS: number;
  /** Milliseconds that the calls of one variant on one case should add up to in a round, as far as one call allows. */
  readonly sampleMs: number;
  /** Milliseconds for which JavaScript, which is compiled anew for each case, may warm up on one. */
  readonly warmMs: number;
  /** Draws of each edge and distribution in verification. */
  readonly repeats: number;
  /** Time the `extra` cases as well. */
  readonly extra: boolean;
}

/** Two rounds are the least that say anything of the spread, and within them every case is checked in full once. */
export const leastRounds = 2;

export const efforts: Readonly<Record<Effort['name'], Effort>> = {
  quick: {
    name: 'quick',
    rounds: [3, 3],
    halfWidth: 0.05,
    budgetS: 55,
    sampleMs: 40,
    warmMs: 400,
    repeats: 1,
    extra: false,
  },
  default: {
    name: 'default',
    rounds: [5, 10],
    halfWidth: 0.03,
    budgetS: 110,
    sampleMs: 150,
    warmMs: 600,
    repeats: 2,
    extra: false,
  },
  thorough: {
    name: 'thorough',
    rounds: [8, 40],
    halfWidth: 0.01,
    budgetS: 1200,
    sampleMs: 500,
    warmMs: 1500,
    repeats: 8,
    extra: true,
  },
};

/**
 * V8 gives a closure its final code after some 10 to 16 calls, however long they are; until then plain loops run at half of
 * their speed, and a baseline caught there would make every candidate look better. So: 20 calls, or as many as fit.
 * WebAssembly is compiled once a cell and warm from the cases before.
 */
export function warmupCalls(
  kind: Artifact['kind'],
  baselineNs: number,
  { warmMs }: Effort,
): { calls: number; ms: number } {
  if (kind !== 'js') return { calls: 2, ms: 15 };
  return { calls: Math.max(1, Math.min(20, Math.ceil((warmMs * 1e6) / baselineNs))), ms: 60 };
}
