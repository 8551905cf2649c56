/**
 * How long a run will take, said before it starts: what its rounds are made of, at the pace that the baseline has here, between the fewest
 * and the most rounds of its effort. The constants below are of a server processor of 2024, and a part of the time on any other.
 */
import { callPlan, type Effort, warmAgain, warmOnce, warmupCalls } from '../stopwatch/effort.ts';

/** What the estimate needs to know of an op. */
export interface Planned {
  /** Of the baseline, here. */
  readonly nsPerFlop: number;
  /** Textbook work and bytes of all tensors. */
  readonly cases: readonly { readonly flop: number; readonly bytes: number }[];
  /** Of so many timed calls of each variant: those whose tensors are sent, and how often the oracle is asked, for all of them together. */
  checked(calls: number): { readonly sent: number; readonly truths: number };
  /** Variants by how they are warmed, without the baseline, and how the twin is. */
  readonly js: number;
  readonly wasm: number;
  readonly twin: Kind;
  /** Peers that are as slow as the baseline. */
  readonly dear: number;
  /** Checks of verification, for each variant. */
  readonly checks: number;
}

type Kind = 'js' | 'wasm';

/** A variant's call, compared with the baseline's. */
const share = { js: 1 / 2, wasm: 1 / 15 };
/** Seconds to open a case, and what a warm-up takes beyond its least until it is steady. */
const openS = 0.022;
/** Seconds of a turn beside its calls and what is sent. */
const turnS = 0.007;
/** Seconds to start a process and to warm its code. */
const processS = 0.13;
/** Seconds to draw a byte of inputs, to send one there and back and look at it, and for one flop of the truth. */
const [drawnS, sentS, trueS] = [10e-9, 7e-9, 0.4e-9];
/** Seconds of one check of one variant. */
const checkS = 0.01;

/** Seconds of one arm at one case in one round, without what is sent. */
function armS(kind: Kind, baselineNs: number, callNs: number, calls: number, effort: Effort): number {
  const { turns } = callPlan(baselineNs, effort);
  const first = warmupCalls(kind, baselineNs, effort);
  const again = (turns - 1) * (warmAgain(baselineNs)?.calls ?? 0);
  const warmS = Math.max(first.ms / 1e3, (first.calls * callNs) / 1e9);
  return openS + warmS + turns * turnS + ((again + turns * calls) * callNs) / 1e9;
}

function roundS({ nsPerFlop, cases, checked, js, wasm, twin, dear }: Planned, effort: Effort): number {
  const arms = 2 + js + wasm + dear;
  const perCase = cases.map(({ flop, bytes }) => {
    const baselineNs = nsPerFlop * flop;
    const { turns, baseline, others } = callPlan(baselineNs, effort);
    const other = (kind: Kind) => armS(kind, baselineNs, baselineNs * share[kind], others, effort);
    const timedS = armS('js', baselineNs, baselineNs, baseline, effort) + js * other('js') + wasm * other('wasm');
    const { sent, truths } = checked(turns * others);
    const bytesS = bytes * ((sent + 1) * drawnS + arms * sent * sentS);
    const dearS = openS + turns * turnS + ((warmOnce.calls + turns * baseline) * baselineNs) / 1e9;
    return timedS + other(twin) + dear * dearS + bytesS + truths * flop * trueS;
  });
  return arms * processS + perCase.reduce((sum, seconds) => sum + seconds, 0);
}

/** Of one op: least and most seconds. `enough` ends the rounds where one more would pass the budget, but never before two. */
export function estimateOp(planned: Planned, effort: Effort): readonly [number, number] {
  const each = roundS(planned, effort);
  const verifyS = planned.checks * (planned.js + planned.wasm) * checkS;
  const rounds = effort.rounds.map((count) => Math.max(2, Math.min(count, Math.floor(effort.budgetS / each))));
  return [verifyS + rounds[0] * each, verifyS + rounds[1] * each];
}

export const total = (spans: readonly (readonly [number, number])[]): [number, number] => [
  spans.reduce((sum, [least]) => sum + least, 0),
  spans.reduce((sum, [, most]) => sum + most, 0),
];

/** `about 100 s`, `2 to 5 minutes`. */
export function durationText([least, most]: readonly [number, number]): string {
  const minutes = most >= 180;
  const unit = minutes ? 60 : 1;
  const rounded = [least, most].map((seconds) => Math.max(1, round(seconds / unit)));
  const text = rounded[0] === rounded[1] ? `about ${rounded[0]}` : `${rounded[0]} to ${rounded[1]}`;
  return `${text} ${minutes ? 'minutes' : 's'}`;
}

/** To five from 10 up, to one below. */
const round = (value: number) => (value >= 10 ? 5 * Math.round(value / 5) : Math.round(value));
