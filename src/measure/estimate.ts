/**
 * How long a run will take, said before it starts: what its rounds are made of, at the pace of a plain baseline, between the fewest
 * and the most rounds of its effort. It knows nothing of this machine, and is as good as the constants below.
 */
import { callPlan, type Effort, warmAgain, warmupCalls } from './effort.ts';

/** What the estimate needs to know of an op. */
export interface Planned {
  readonly cases: readonly { readonly flop: number; readonly bytes: number }[];
  /** Of so many timed calls: those whose tensors are sent whole, and those that are compared with the oracle in full. */
  checked(calls: number): { readonly sent: number; readonly full: number };
  /** Variants by how they are warmed. */
  readonly js: number;
  readonly wasm: number;
  /** Checks of verification, for each variant. */
  readonly checks: number;
}

/** Of the baseline; a plain loop on a processor of these years. */
const nsPerFlop = 0.6;
/** A variant's call, compared with the baseline's. */
const share = { js: 1 / 2, wasm: 1 / 15 };
/** Seconds that a turn takes besides its calls, and inputs for it. */
const turnS = 0.01;
/** Seconds to open a case, with half of the time that a warm-up may take until it is steady. */
const openS = 0.035;
/** Seconds to start a process and to warm its code. */
const processS = 0.15;
/** Seconds to send a byte of a call there and back, to compare one with the truth, and for one flop of the truth. */
const [sentS, comparedS, trueS] = [2e-9, 15e-9, 2e-9];
/** Seconds of one check of one variant. */
const checkS = 0.012;

/** Seconds of one arm at one case in one round. */
function armS(kind: 'js' | 'wasm', baselineNs: number, callNs: number, calls: number, effort: Effort): number {
  const { turns } = callPlan(baselineNs, effort);
  const first = warmupCalls(kind, baselineNs, effort);
  const warmS = openS + Math.max(first.ms / 1e3, (first.calls * callNs) / 1e9);
  const againS = ((turns - 1) * (warmAgain(baselineNs)?.calls ?? 0) * callNs) / 1e9;
  return warmS + againS + turns * (turnS + (calls * callNs) / 1e9);
}

function roundS({ cases, checked, js, wasm }: Planned, effort: Effort): number {
  const arms = 2 + js + wasm;
  const perCase = cases.map(({ flop, bytes }) => {
    const baselineNs = nsPerFlop * flop;
    const { turns, baseline, others } = callPlan(baselineNs, effort);
    const other = (kind: 'js' | 'wasm') => armS(kind, baselineNs, baselineNs * share[kind], others, effort);
    const timedS = armS('js', baselineNs, baselineNs, baseline, effort) + js * other('js') + (wasm + 1) * other('wasm');
    const { sent, full } = checked(turns * others);
    return timedS + arms * bytes * (sent * sentS + full * comparedS) + full * flop * trueS;
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
