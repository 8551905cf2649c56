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
import { Cell } from '../cell/cell.ts';
import { openingOf } from '../cell/opening.ts';
import type { MarkedNs } from '../cell/protocol.ts';
import { CandidateError, exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Variant } from '../contract/variant.ts';
import { planCalls, type RoundInputs, roundInputs } from '../judge/inputs.ts';
import type { Conditions } from '../judge/verify.ts';
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

export interface Subject {
  readonly plain: Variant;
  readonly marked: Variant | null;
}

export interface ProfileRequest extends Conditions {
  readonly op: AnyOp;
  readonly c: Case;
  /** The baseline comes first. */
  readonly subjects: readonly Subject[];
  readonly effort: Effort;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

const rounds = { quick: 3, default: 5, thorough: 15 } as const;
/** In a round each cell has as many calls as fit into the time of one of the baseline, or into `sampleMs`, up to this. */
const mostCalls = 10;
/** Far above what f32 does to a loss of about 5, and far below what a wrong step does. */
const lossTolerance = 1e-3;

/** `overall`, above. */
export function amdahl(share: number, speedup: number): number {
  return 1 / (1 - share + share / speedup);
}

interface Arm {
  readonly variant: Variant;
  readonly cell: Cell;
  readonly paceNs: number;
  readonly loss: number;
  readonly timeNs: number[];
  readonly marked: MarkedNs[];
}

/** The profiles of the subjects on one case, in their order. */
export async function profile(request: ProfileRequest): Promise<Profile[]> {
  const { op, c, subjects, effort, seed, text, signal } = request;
  const name = op.caseName(c);
  // Nothing is compared in full here: only the loss comes back.
  const inputs: RoundInputs = { ...roundInputs(op, c, seed, 0, 1, text), full: null };
  const cells: Cell[] = [];
  const arms: Arm[] = [];
  let at = '';
  const next = (stage: string, variant: Variant) => {
    signal.throwIfAborted();
    request.onProgress({ stage, detail: `${name}: ${variant.id}` });
    at = `${variant.id} at ${name}`;
  };
  try {
    for (const variant of subjects.flatMap(({ plain, marked }) => (marked ? [plain, marked] : [plain]))) {
      next('warming up', variant);
      const cell = new Cell(variant);
      cells.push(cell);
      arms.push(await warmUp(request, variant, cell, inputs, arms[0]?.paceNs));
      checkLoss(arms[0].loss, arms[arms.length - 1].loss, at);
    }
    const roundNs = Math.max(arms[0].paceNs, effort.sampleMs * 1e6);
    const count = ({ paceNs }: Arm) => Math.max(1, Math.min(mostCalls, Math.round(roundNs / paceNs)));
    const planned = arms.map((arm) => planCalls(op, c, inputs, count(arm) * rounds[effort.name], arm.variant.id, text));
    for (let round = 0; round < rounds[effort.name]; round++) {
      for (const arm of round % 2 === 0 ? arms : arms.toReversed()) {
        next(`round ${round + 1}`, arm.variant);
        const calls = planned[arms.indexOf(arm)].splice(0, count(arm)).map(({ call }) => call);
        const { timeNs, marked = [] } = await arm.cell.sample({ calls }, arms[0].paceNs);
        arm.timeNs.push(...timeNs);
        arm.marked.push(...marked);
      }
    }
  } catch (error) {
    if (!(error instanceof CandidateError) || signal.aborted) throw error;
    throw new NfoldError(`${at}: ${error.message}`, exit.failed);
  } finally {
    for (const cell of cells) cell.close();
  }
  const armOf = (variant: Variant | null) => arms.find((arm) => arm.variant === variant);
  return subjects.map(({ plain, marked }) => profileOf(armOf(plain)?.timeNs ?? [], armOf(marked)?.marked ?? []));
}

/** Opens the case, brings its code to the final tier, and takes one step that all variants take from the same state. */
async function warmUp(
  { op, c, threads, effort, text }: ProfileRequest,
  variant: Variant,
  cell: Cell,
  inputs: RoundInputs,
  baselineNs?: number,
): Promise<Arm> {
  const { warm } = inputs;
  const opening = await openingOf(op, c, warm.scalars, warm.layout, variant, threads);
  await cell.open(opening);
  const calls = planCalls(op, c, inputs, 1, variant.id, text).map(({ call }) => call);
  const writes = [{ offset: 0, bytes: warm.bytes }];
  const first = await cell.sample({ calls, warmup: { writes, calls: 3, ms: 100 } }, baselineNs);
  const warmup = { writes, ...warmupCalls(opening.artifact.kind, baselineNs ?? first.timeNs[0], effort) };
  const { timeNs, reads } = await cell.sample({ calls, warmup }, baselineNs);
  const [loss] = new Float32Array(reads[0][0].slice().buffer);
  return { variant, cell, paceNs: timeNs[0], loss, timeNs: [], marked: [] };
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
