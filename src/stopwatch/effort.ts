/** Three levels of precision, and what each may cost. Effort follows precision: at 50x nobody needs half a percent. */
import type { WarmupPlan } from '../cell/protocol.ts';
import type { Artifact } from '../contract/variant.ts';

export interface Effort {
  readonly name: 'quick' | 'default' | 'thorough';
  /** Rounds: as many as are wanted, and the most if the interval stays wide. Never fewer than `minRounds`. */
  readonly rounds: readonly [number, number];
  /**
   * Turns of a case in a round, where so many calls of the baseline fit into `sampleMs`. Many and short ones, since a neighbour on the same
   * core, which nothing here can see, slows all calls for a while: the fewer turns lie at the edges of that, the less does the median move.
   */
  readonly turns: number;
  /** Stop once the interval of every mean is within this share of it. Within it, two times are called the same. */
  readonly halfWidth: number;
  /** Seconds for the rounds of one suite. A slow machine gets fewer rounds, and so wider intervals, not a longer wait. */
  readonly budgetS: number;
  /** Milliseconds that the calls of one variant on one case should add up to in a round, as far as one call allows. */
  readonly sampleMs: number;
  /** Calls of one variant on one case in a round: more inputs would cost more to draw, send and check than their calls take. */
  readonly maxCalls: number;
  /** Milliseconds for which JavaScript, which is compiled anew for each case, may warm up on one. */
  readonly warmMs: number;
  /** Draws of each edge and distribution in verification. */
  readonly repeats: number;
  /** Time the `extra` cases as well. */
  readonly extra: boolean;
}

/** Two rounds are the least that say anything of the spread, and within them every case is checked in full once. */
const minRounds = 2;

export const efforts: Readonly<Record<Effort['name'], Effort>> = {
  quick: {
    name: 'quick',
    rounds: [3, 3],
    turns: 8,
    halfWidth: 0.05,
    budgetS: 145,
    sampleMs: 40,
    maxCalls: 24,
    warmMs: 400,
    repeats: 1,
    extra: false,
  },
  default: {
    name: 'default',
    rounds: [5, 10],
    turns: 8,
    halfWidth: 0.03,
    budgetS: 240,
    sampleMs: 150,
    maxCalls: 24,
    warmMs: 600,
    repeats: 2,
    extra: false,
  },
  thorough: {
    name: 'thorough',
    rounds: [8, 40],
    turns: 8,
    halfWidth: 0.01,
    budgetS: 1200,
    sampleMs: 500,
    maxCalls: 24,
    warmMs: 1500,
    repeats: 8,
    extra: true,
  },
};

/**
 * Whether the rounds that were run are enough: by the widest half-width among the means, or by the time that one more would end
 * at. Never by which of two is faster: whoever stops as soon as a difference shows finds differences that are not there.
 */
export function enough(effort: Effort, rounds: number, elapsedS: number, widest: number): boolean {
  if (rounds < minRounds) return false;
  if (rounds >= effort.rounds[1]) return true;
  if (elapsedS * (1 + 1 / rounds) > effort.budgetS) return true;
  return rounds >= effort.rounds[0] && widest <= effort.halfWidth;
}

/** Calls of the baseline below this may still change their code after 60 ms. */
const shortNs = 3e4;

/**
 * V8 gives a closure its final code after some 10 to 16 calls, however long they are; until then plain loops run, steadily, at
 * half of their speed, and a baseline caught there would make every candidate look better. So: 20 calls, or as many as fit.
 * What calls a short loop is inlined with it for good after 3,400 calls, and half as fast for a while before: twice as long for those.
 * WebAssembly is compiled once a cell and warm from the cases before. Both then go on until their times are steady.
 */
export function warmupCalls(kind: Artifact['kind'], baselineNs: number, { warmMs, sampleMs }: Effort): WarmupPlan {
  if (kind !== 'js') return { calls: 2, ms: 15, maxMs: 15 + sampleMs };
  const ms = baselineNs < shortNs ? 120 : 60;
  return { calls: Math.max(1, Math.min(20, Math.ceil((warmMs * 1e6) / baselineNs))), ms, maxMs: ms + sampleMs };
}

/** For a peer that is as slow as the baseline: its code is warm from the smallest case, and only the memory is new. */
export const warmOnce: WarmupPlan = { calls: 1, ms: 0, maxMs: 0 };

/** Before a later turn the code is compiled and only the caches are cold: what fits into 5 ms. */
export function warmAgain(baselineNs: number): WarmupPlan | null {
  const calls = Math.min(2, Math.floor(5e6 / baselineNs));
  return calls === 0 ? null : { calls, ms: 0, maxMs: 0 };
}

interface CallPlan {
  readonly turns: number;
  /** Calls in a turn, of the baseline and of everyone else. */
  readonly baseline: number;
  readonly others: number;
}

/** Calls in a round that a fast variant gets where the dear baseline gets one. */
const minCalls = 6;
/** Where a call is short enough for turns at all: with fewer, one at an edge moves the median. */
const minTurns = 4;

/** The seconds of a suite are shared out among its ops. Of many ops, each has a turn and its reverse a round, and half of the calls. */
export function sharedEffort(effort: Effort, ops: number): Effort {
  if (ops < 2) return effort;
  const half = { sampleMs: effort.sampleMs / 2, maxCalls: effort.maxCalls / 2 };
  return { ...effort, ...half, budgetS: (0.75 * effort.budgetS) / ops, turns: 2 };
}

/** As many as calls fit, but even, and within the least and the most. */
function turnsOf(fitting: number, most: number): number {
  return Math.min(most, Math.max(minTurns, 2 * Math.floor(fitting / 2)));
}

/** Set by the baseline's speed alone: a variant must not buy itself fewer calls by being slow, or more. */
export function callPlan(baselineNs: number, effort: Effort): CallPlan {
  const sampleNs = effort.sampleMs * 1e6;
  const turns = baselineNs > sampleNs ? 1 : turnsOf(sampleNs / baselineNs, effort.turns);
  const baseline = Math.max(
    1,
    Math.min(Math.floor(effort.maxCalls / turns), Math.round(sampleNs / turns / baselineNs)),
  );
  return { turns, baseline, others: Math.max(baseline, Math.ceil(minCalls / turns)) };
}
