/** The three efforts, and what each may cost: a 50x speedup does not need half a percent. */
import type { WarmupPlan } from '../cell/protocol.ts';
import type { Artifact } from '../contract/variant.ts';

export interface Effort {
  readonly name: 'quick' | 'default' | 'thorough';
  /** Rounds to run, and the maximum if the interval stays wide. */
  readonly rounds: readonly [number, number];
  /**
   * Turns of a case in a round, if that many calls of the baseline fit into `sampleMs`. Turns are many and short, since a neighbour on the
   * same core slows all calls for a while, unseen: the fewer turns lie at the edges of that, the less the median moves.
   */
  readonly turns: number;
  /** Rounds stop when the interval of every mean is within this share of it. Two times within it are called the same. */
  readonly halfWidth: number;
  /** Seconds for the rounds of one suite. A slow machine gets fewer rounds and wider intervals, not a longer wait. */
  readonly budgetS: number;
  /** Target time of one variant's calls on one case in one round, in milliseconds; a single call may exceed it. */
  readonly sampleMs: number;
  /** Maximum calls of one variant on one case in a round: more inputs would take longer to draw, send and check than to call. */
  readonly maxCalls: number;
  /** Maximum warm-up of JavaScript on one case, for which V8 compiles it anew, in milliseconds. */
  readonly warmMs: number;
  /** Minimum calls of it, however long they take. */
  readonly minWarmCalls: number;
  /** Draws of each edge and distribution in verification. */
  readonly repeats: number;
  /** Whether to time the `extra` cases as well. */
  readonly extra: boolean;
}

/** One round says nothing of the spread, and only two check every kind of call in full. */
const minRounds = 2;
/** `round 2 of 5 to 10`, and `round 4` beyond the maximum. */
export const roundName = (round: number, { rounds: [min, max] }: Effort) =>
  `round ${round}${round > max ? '' : ` of ${[...new Set([min, max])].join(' to ')}`}`;

/** More than the maximum, if a case still lacks calm rounds. */
const extraRounds = 2;

const shared = { turns: 8, maxCalls: 24, minWarmCalls: 1 };
const quick = { rounds: [3, 3], halfWidth: 0.05, budgetS: 40, sampleMs: 40, warmMs: 400 } as const;
const usual = { rounds: [5, 10], halfWidth: 0.03, budgetS: 240, sampleMs: 150, warmMs: 600 } as const;
const thorough = { rounds: [8, 40], halfWidth: 0.01, budgetS: 1200, sampleMs: 500, warmMs: 1500 } as const;

export const efforts: Readonly<Record<Effort['name'], Effort>> = {
  quick: { name: 'quick', ...shared, ...quick, repeats: 1, extra: false },
  default: { name: 'default', ...shared, ...usual, repeats: 1, extra: false },
  thorough: { name: 'thorough', ...shared, ...thorough, repeats: 8, extra: true },
};

/**
 * Whether to stop: by the widest half-width among the means, infinite while a case lacks calm rounds, or by the time at which one more round would end. Never because one looks
 * faster: stopping at the first difference finds differences that are not there.
 */
export function enough(effort: Effort, rounds: number, elapsedS: number, widest: number): boolean {
  if (rounds < minRounds) return false;
  if (rounds >= effort.rounds[1] + (widest === Number.POSITIVE_INFINITY ? extraRounds : 0)) return true;
  if (elapsedS * (1 + 1 / rounds) > effort.budgetS) return true;
  return rounds >= effort.rounds[0] && widest <= effort.halfWidth;
}

/** V8 may still replace the code of calls shorter than this after 60 ms. */
const shortNs = 3e4;

/**
 * V8 gives a closure its final code after 10 to 16 calls, however long they are; until then plain loops run steadily at half of their
 * speed, and a baseline timed there would make every candidate look better. So JavaScript gets 20 calls, or as many as fit into `warmMs`.
 * The caller of a short loop is inlined with it for good after 3,400 calls, and runs at half speed for a while before: short calls warm up
 * twice as long. WebAssembly is compiled once a cell and warm from earlier cases. Both continue until their times are steady.
 */
export function warmupCalls(
  kind: Artifact['kind'],
  baselineNs: number,
  { warmMs, minWarmCalls, sampleMs }: Effort,
): WarmupPlan {
  if (kind !== 'js') return { calls: Math.max(minWarmCalls, 2), ms: 15, maxMs: 15 + sampleMs };
  const ms = baselineNs < shortNs ? 120 : 60;
  const calls = Math.max(minWarmCalls, Math.min(20, Math.ceil((warmMs * 1e6) / baselineNs)));
  return { calls, minCalls: minWarmCalls, callsMs: warmMs, ms, maxMs: ms + sampleMs };
}

/** For a peer that is as slow as the baseline: its code is warm from the smallest case, and only the memory is new. */
export const warmOnce: WarmupPlan = { calls: 1, ms: 0, maxMs: 0 };

/** Before a later turn only the caches are cold: up to two calls that fit into 5 ms; null if none does. */
export function warmAgain(baselineNs: number): WarmupPlan | null {
  const calls = Math.min(2, Math.floor(5e6 / baselineNs));
  return calls === 0 ? null : { calls, ms: 0, maxMs: 0 };
}

/** Three rounds of a small op. */
const minSharedS = 7;

/** Each op gets a share of the suite's seconds, but enough for three rounds where these are short. With several ops, each has two turns a round, one the reverse of the other, and half the calls. */
export function sharedEffort(effort: Effort, ops: number): Effort {
  if (ops < 2) return effort;
  const half = { sampleMs: effort.sampleMs / 2, maxCalls: effort.maxCalls / 2 };
  return { ...effort, ...half, budgetS: Math.max(minSharedS, (0.75 * effort.budgetS) / ops), turns: 2 };
}

/** Minimum calls of a fast variant in a round, even if the slow baseline gets one; each has to be checked, which takes part of a baseline's call. */
const minCalls = 6;
const minCallsInOneTurn = 3;
/** Minimum turns if a call is short enough for turns at all: with fewer, a disturbed one moves the median. */
const minTurns = 4;

/** Turns, and calls in each turn. The baseline's speed alone decides: a variant must not get fewer or more calls by its own speed. */
export function callPlan(baselineNs: number, effort: Effort) {
  const sampleNs = effort.sampleMs * 1e6;
  const fitting = sampleNs / baselineNs;
  const turns = fitting < 1 ? 1 : Math.min(effort.turns, Math.max(minTurns, 2 * Math.floor(fitting / 2)));
  const wanted = Math.round(sampleNs / turns / baselineNs);
  const baseline = Math.max(1, Math.min(Math.floor(effort.maxCalls / turns), wanted));
  const others = turns === 1 ? minCallsInOneTurn : Math.ceil(minCalls / turns);
  return { turns, baseline, others: Math.max(baseline, others) };
}
