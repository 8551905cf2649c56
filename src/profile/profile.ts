/**
 * Measures where the time of a step goes. Each variant has two cells, one plain and one whose build marks its ops (src/build/marks.ts);
 * all cells take turns. An op's time is the median over calls of the time marked with it; the plain step's time checks their sum.
 */

import { median } from 'simple-statistics';
import { markedOps } from '../build/marks.ts';
import type { MarkedNs } from '../cell/protocol.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { asFailure } from '../contract/place.ts';
import type { Variant } from '../contract/variant.ts';
import { outputs } from '../judge/batch.ts';
import { planCalls, type RoundInputs, roundInputs } from '../judge/inputs.ts';
import type { Share } from '../report/parts.ts';
import type { RunOptions } from '../run/outcome.ts';
import { type Effort, warmupCalls } from '../stopwatch/effort.ts';

export interface Profile {
  /** Median, without marks. */
  readonly stepNs: number;
  /** In the order of the step, the rest last; null if nothing was marked. */
  readonly ops: readonly Share[] | null;
  readonly sumNs: number | null;
}

/** A variant for the step, as it is and with its ops marked; null if it has no marks. */
export interface Step {
  readonly plain: Variant;
  readonly marked: Variant | null;
}

export interface ProfileRequest extends RunOptions {
  readonly op: AnyOp;
  readonly c: Case;
  /** The baseline comes first. */
  readonly steps: readonly Step[];
}

const rounds = { quick: 3, default: 5, thorough: 15 } as const;
/** In a round a cell has the calls that fit into the time of one call of the baseline, or into `sampleMs`, but no more than this. */
const maxCalls = 10;
/** Far above the rounding of an f32 loss of about 5, and far below the error of a wrong step. */
const lossTolerance = 1e-3;

/** The profiles of the steps on one case, in their order. Throws NfoldError if a variant fails or computes another loss. */
export async function profile(request: ProfileRequest): Promise<Profile[]> {
  const { op, c, steps, effort, signal, threads } = request;
  const name = op.caseName(c);
  const count = rounds[effort.name];
  const inputs = roundInputs(request, c, { round: 0, calls: 1 });
  const variants = steps.flatMap(({ plain, marked }) => (marked ? [plain, marked] : [plain]));
  const timers = variants.map((variant) => new Timer(variant, threads));
  let at = '';
  const next = (stage: string, { variant }: Timer) => {
    signal.throwIfAborted();
    request.onProgress({ stage, detail: `${name}: ${variant.id}` });
    at = `${variant.id} at ${name}`;
  };
  const times = new Map(variants.map((variant) => [variant, { timeNs: [] as number[], marked: [] as MarkedNs[] }]));
  try {
    const warm: Awaited<ReturnType<typeof warmUp>>[] = [];
    for (const timer of timers) {
      next('warming up', timer);
      warm.push(await warmUp(timer, inputs, effort, warm[0]?.callNs));
      checkLoss(warm[0].loss, warm[warm.length - 1].loss, at);
    }
    const [{ callNs: baselineNs }] = warm;
    const roundNs = Math.max(baselineNs, effort.sampleMs * 1e6);
    const planned = warm.map(({ timer, callNs }) => {
      const calls = Math.max(1, Math.min(maxCalls, Math.round(roundNs / callNs)));
      return { timer, calls, all: callsOf(inputs, calls * count, timer) };
    });
    for (let round = 0; round < count; round++) {
      for (const { timer, calls, all } of round % 2 === 0 ? planned : planned.toReversed()) {
        next(`round ${round + 1}`, timer);
        const own = all.slice(round * calls, (round + 1) * calls);
        const { timeNs, marked = [] } = await timer.turn(own, { expectedNs: baselineNs });
        times.get(timer.variant)?.timeNs.push(...timeNs);
        times.get(timer.variant)?.marked.push(...marked);
      }
    }
  } catch (error) {
    if (!(error instanceof CandidateError) || signal.aborted) throw error;
    throw asFailure(error, `${at}: `);
  } finally {
    for (const timer of timers) timer.close();
  }
  return steps.map(({ plain, marked }) =>
    profileOf(times.get(plain)?.timeNs ?? [], (marked && times.get(marked)?.marked) ?? []),
  );
}

/** Only the loss comes back. */
const callsOf = (inputs: RoundInputs, count: number, { variant }: Timer) =>
  planCalls(inputs, count, variant.id).map(({ call }) => ({ ...call, reads: outputs(inputs.warm) }));

/** Opens the case, brings its code to the final tier, and takes one step from the state that all variants start from. */
async function warmUp(timer: Timer, inputs: RoundInputs, effort: Effort, baselineNs?: number) {
  const kind = await timer.open(inputs.warm);
  const calls = callsOf(inputs, 1, timer);
  const first = await timer.turn(calls, { warmup: { calls: 3, ms: 100 }, expectedNs: baselineNs });
  const warmup = warmupCalls(kind, baselineNs ?? first.timeNs[0], effort);
  const { timeNs, reads } = await timer.turn(calls, { warmup, expectedNs: baselineNs });
  const [loss] = new Float32Array(reads[0][0].slice().buffer);
  return { timer, callNs: timeNs[0], loss };
}

function checkLoss(want: number, got: number, at: string): void {
  if (Math.abs(got - want) <= lossTolerance) return;
  const message = `${at} has the loss ${got} where the baseline has ${want}: 'nfold verify' says what is wrong.`;
  throw new NfoldError(message, 'wrong');
}

/** The medians over the calls of a step without marks and of one with them. */
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

/** Joins sets that overlap, since ops that were ever timed together cannot be told apart; in the order of the step. */
function disjoint(sets: readonly number[]): readonly number[] {
  const groups = sets.reduce<readonly number[]>((known, set) => {
    const joined = known.filter((group) => group & set).reduce((all, group) => all | group, set);
    return [...known.filter((group) => !(group & set)), joined];
  }, []);
  return groups.filter((group) => group !== 0).sort((a, b) => (a & -a) - (b & -b));
}
