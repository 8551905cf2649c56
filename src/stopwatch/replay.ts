/** The timed calls of one round again, for one variant and without the others: what a bench found there, `verify --timed` finds. */

import { Cell } from '../cell/cell.ts';
import { openingOf } from '../cell/opening.ts';
import { CandidateError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import type { Variant } from '../contract/variant.ts';
import { planCalls, type RoundInputs, roundInputs } from '../judge/inputs.ts';
import { type TimedCalls, TimedJudge } from '../judge/timed.ts';
import { failure, type Verdict } from '../judge/verdict.ts';
import type { Conditions } from '../judge/verify.ts';
import { type Effort, warmupCalls } from './effort.ts';

export interface Timed {
  readonly round: number;
  readonly calls: number;
}

export interface ReplayRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
  readonly effort: Effort;
}

/** What a cell or a build throws becomes the verdict. */
export async function replayTimed(request: ReplayRequest, variant: Variant, c: Case, timed: Timed): Promise<Verdict> {
  const { op, seed, text, without } = request;
  const name = op.caseName(c);
  const inputs = roundInputs(op, c, seed, timed.round, timed.calls, text, without);
  try {
    const baseline = inputs.full === 'drawn' ? await again(request, request.baseline, c, inputs, 1) : undefined;
    const calls = await again(request, variant, c, inputs, timed.calls);
    const inspection = new TimedJudge(request, c, inputs, baseline).inspect(variant.id, calls);
    if (!('finding' in inspection)) return { status: 'pass', checks: timed.calls, worst: inspection.worst };
    const failed = failure(inspection.finding, variant, name, request, op.distributions[0], timed);
    return { status: 'fail', failure: failed };
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    return { status: error.status, message: `${variant.id} at ${name}: ${error.message}` };
  }
}

async function again(
  { op, threads, text, effort }: ReplayRequest,
  variant: Variant,
  c: Case,
  inputs: RoundInputs,
  count: number,
): Promise<TimedCalls> {
  const { warm } = inputs;
  const planned = planCalls(op, c, inputs, count, variant.id, text);
  const cell = new Cell(variant);
  try {
    const opening = await openingOf(op, c, warm.scalars, warm.layout, variant, threads);
    await cell.open(opening);
    const writes = [{ offset: 0, bytes: warm.bytes }];
    const warmup = { writes, ...warmupCalls(opening.artifact.kind, effort.warmMs * 5e4, effort) };
    const { reads, changedLater } = await cell.sample({ calls: planned.map(({ call }) => call), warmup });
    return { planned, reads, changedLater };
  } finally {
    cell.close();
  }
}
