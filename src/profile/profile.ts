/**
 * Where the time of a step goes. Each variant has two cells, one plain and one whose build marks its ops (src/build/marks.ts);
 * all cells take turns. An op's time is the median over calls of what was marked with it; the plain step stands beside their sum.
 *
 *   overall = 1 / (1 - share + share / speedup): the step's speedup, where one op has `speedup` and all others none
 *
 * Source   Amdahl 1967, AFIPS spring joint computer conference.
 */

import { median } from 'simple-statistics';
import { markedOps } from '../build/marks.ts';
import type { MarkedNs } from '../cell/protocol.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError, exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Variant } from '../contract/variant.ts';
import type { Conditions } from '../judge/conditions.ts';
import { planCalls, type RoundInputs, roundInputs } from '../judge/inputs.ts';
import { type Effort, warmupCalls } from '../stopwatch/effort.ts';

/** What these ops take together of a step; no ops: hand-offs and the rest. */
export interface Share {
  readonly ops: readonly string[];
  readonly timeNs: number;
  /** Of the sum of all. */
  readonly share: number;
}

export interface Profile {
  /** Median, without marks. */
  readonly stepNs: number;
  /** In the order of the step, the rest last; null if nothing was marked. */
  readonly ops: readonly Share[] | null;
  readonly sumNs: number | null;
}

/** A program for the step, as it is and with its ops marked; null if it has no marks. */
export interface Step {
  readonly plain: Variant;
  readonly marked: Variant | null;
}

export interface ProfileRequest extends Conditions {
  readonly op: AnyOp;
  readonly c: Case;
  /** The baseline comes first. */
  readonly steps: readonly Step[];
  readonly effort: Effort;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

const rounds = { quick: 3, default: 5, thorough: 15 } as const;
/** In a round each cell has as many calls as fit into the time of one of the baseline, or into `sampleMs`, up to this. */
const maxCalls = 10;
/** Far above what f32 does to a loss of about 5, and far below what a wrong step does. */
const lossTolerance = 1e-3;

/** `overall`, above. */
export function amdahl(share: number, speedup: number): number {
  return 1 / (1 - share + share / speedup);
}

/** One variant, warmed up: how long a call took, and the loss of a step that all variants take from the same state. */
interface Warm {
  readonly timer: Timer;
  readonly callNs: number;
  readonly loss: number;
}

/** What the calls of one variant took, and what its marks say of them. */
interface Times {
  readonly variant: Variant;
  readonly timeNs: readonly number[];
  readonly marked: readonly MarkedNs[];
}

/** The profiles of the steps on one case, in their order. */
export async function profile(request: ProfileRequest): Promise<Profile[]> {
  const { op, c, steps, effort, signal, threads } = request;
  const name = op.caseName(c);
  const count = rounds[effort.name];
  // Nothing is compared in full here: only the loss comes back.
  const inputs: RoundInputs = { ...roundInputs(request, c, { round: 0, calls: 1 }), full: null };
  const variants = steps.flatMap(({ plain, marked }) => (marked ? [plain, marked] : [plain]));
  const timers = variants.map((variant) => new Timer(variant, threads));
  let at = '';
  const next = (stage: string, { variant }: Timer) => {
    signal.throwIfAborted();
    request.onProgress({ stage, detail: `${name}: ${variant.id}` });
    at = `${variant.id} at ${name}`;
  };
  const times: Times[] = [];
  try {
    const warm: Warm[] = [];
    for (const timer of timers) {
      next('warming up', timer);
      warm.push(await warmUp(timer, inputs, effort, warm[0]?.callNs));
      checkLoss(warm[0].loss, warm[warm.length - 1].loss, at);
    }
    const [{ callNs: baselineNs }] = warm;
    const roundNs = Math.max(baselineNs, effort.sampleMs * 1e6);
    const planned = warm.map(({ timer, callNs }) => {
      const calls = Math.max(1, Math.min(maxCalls, Math.round(roundNs / callNs)));
      return { timer, calls, all: planCalls(inputs, calls * count, timer.variant.id).map(({ call }) => call) };
    });
    for (let round = 0; round < count; round++) {
      for (const { timer, calls, all } of round % 2 === 0 ? planned : planned.toReversed()) {
        next(`round ${round + 1}`, timer);
        const own = all.slice(round * calls, (round + 1) * calls);
        const { timeNs, marked = [] } = await timer.turn(own, { expectedNs: baselineNs });
        times.push({ variant: timer.variant, timeNs, marked });
      }
    }
  } catch (error) {
    if (!(error instanceof CandidateError) || signal.aborted) throw error;
    throw new NfoldError(`${at}: ${error.message}`, exit.failed);
  } finally {
    for (const timer of timers) timer.close();
  }
  const of = (variant: Variant | null) => times.filter((one) => one.variant === variant);
  return steps.map(({ plain, marked }) =>
    profileOf(
      of(plain).flatMap(({ timeNs }) => timeNs),
      of(marked).flatMap((one) => one.marked),
    ),
  );
}

/** Opens the case, brings its code to the final tier, and takes one step. */
async function warmUp(timer: Timer, inputs: RoundInputs, effort: Effort, baselineNs?: number): Promise<Warm> {
  const kind = await timer.open(inputs.warm);
  const calls = planCalls(inputs, 1, timer.variant.id).map(({ call }) => call);
  const first = await timer.turn(calls, { warmup: { calls: 3, ms: 100 }, expectedNs: baselineNs });
  const warmup = warmupCalls(kind, baselineNs ?? first.timeNs[0], effort);
  const { timeNs, reads } = await timer.turn(calls, { warmup, expectedNs: baselineNs });
  const [loss] = new Float32Array(reads[0][0].slice().buffer);
  return { timer, callNs: timeNs[0], loss };
}

function checkLoss(want: number, got: number, at: string): void {
  if (Math.abs(got - want) <= lossTolerance) return;
  const message = `${at} has the loss ${got} where the baseline has ${want}: 'nfold verify' says what is wrong.`;
  throw new NfoldError(message, exit.failed);
}

export function profileOf(stepsNs: readonly number[], calls: readonly MarkedNs[]): Profile {
  const stepNs = median([...stepsNs]);
  const sets = disjoint([...new Set(calls.flatMap((call) => call.map(([ops]) => ops)))]);
  if (sets.length === 0) return { stepNs, ops: null, sumNs: null };
  const total = (call: MarkedNs, set: number) =>
    call.reduce((sum, [ops, timeNs]) => ((set === 0 ? ops === 0 : ops & set) ? sum + timeNs : sum), 0);
  const times = [...sets, 0].map((set) => ({ set, timeNs: median(calls.map((call) => total(call, set))) }));
  const sumNs = times.reduce((sum, { timeNs }) => sum + timeNs, 0);
  const ops = times.map(({ set, timeNs }) => ({
    ops: markedOps.filter((_, i) => set & (1 << i)),
    timeNs,
    share: timeNs / sumNs,
  }));
  return { stepNs, ops, sumNs };
}

/** Sets that overlap become one, since what is ever timed together can't be told apart; in the order of the step. */
function disjoint(sets: readonly number[]): readonly number[] {
  const groups = sets.reduce<readonly number[]>((known, set) => {
    const joined = known.filter((group) => group & set).reduce((all, group) => all | group, set);
    return [...known.filter((group) => !(group & set)), joined];
  }, []);
  return groups.filter((group) => group !== 0).sort((a, b) => (a & -a) - (b & -b));
}
