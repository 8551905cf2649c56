/** Timed calls in this process, judged as those of a bench are: which are compared in full is drawn once they have been made. */
import { buildBaseline } from '../../src/build/build.ts';
import type { CandidateFile } from '../../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import { CandidateError } from '../../src/contract/errors.ts';
import type { Case } from '../../src/contract/op.ts';
import type { Variant } from '../../src/contract/variant.ts';
import type { OpConditions } from '../../src/judge/conditions.ts';
import { failed } from '../../src/judge/failure.ts';
import { planCalls, roundInputs } from '../../src/judge/inputs.ts';
import { StepJudge } from '../../src/judge/steps.ts';
import { TimedJudge } from '../../src/judge/timed.ts';
import { erred, type Verdict } from '../../src/judge/verdict.ts';
import type { Host } from '../../src/judge/verify.ts';
import { timedCases } from '../../src/selftest/judge.ts';
import { buildPacked } from '../../src/selftest/pack.ts';
import { truthChance } from '../../src/stopwatch/case.ts';
import { startAlone } from './here.ts';

/** Calls of a case in a round, in turns as in a bench: the fewest that one makes. */
const [turns, perTurn] = [4, 2];

/** What the calls need: `start` is one of those in here.ts. */
type Request = OpConditions & { readonly start: (variant: Variant, threads: number) => Host };

/** The verdict on a kernel of the pack in timed calls, verified or not. */
export async function timedPacked(
  kernel: CandidateFile,
  conditions: Pick<Request, 'seed' | 'threads' | 'without'>,
): Promise<Verdict> {
  const [op, oracle, baseline] = await Promise.all([
    loadOp(kernel.op),
    loadOracle(kernel.op),
    buildBaseline(kernel.op),
  ]);
  const built = await buildPacked(kernel, op.cases[0].dims);
  if ('status' in built) return built;
  const request = { ...conditions, op, oracle, baseline, text: loadText(undefined, [op]).bytes, start: startAlone };
  return timedHere(request, built, timedCases(op));
}

/** The verdict on the timed calls of two rounds. */
export async function timedHere(request: Request, variant: Variant, cases: readonly Case[]): Promise<Verdict> {
  for (const round of [0, 1]) {
    for (const c of cases) {
      const verdict = await caseHere(request, variant, c, round);
      if (verdict.status !== 'pass') return verdict;
    }
  }
  return { status: 'pass', checks: 2 * cases.length * turns * perTurn, worst: 0 };
}

async function caseHere(request: Request, variant: Variant, c: Case, round: number): Promise<Verdict> {
  const { op, oracle } = request;
  const timed = { round, calls: turns * perTurn };
  const inputs = roundInputs(request, c, timed);
  const planned = planCalls(inputs, timed.calls, variant.id);
  const host = request.start(variant, request.threads);
  const steps = op.carries ? new StepJudge(oracle, inputs) : null;
  const reads: (readonly Uint8Array[])[] = [];
  let changedLater: number | undefined;
  try {
    await host.open(inputs.warm, { threads: request.threads });
    for (let turn = 0; turn < turns; turn++) {
      const own = planned.slice(turn * perTurn, (turn + 1) * perTurn);
      const warmup = turn === 0 ? { calls: 3, ms: 5 } : op.carries ? null : { calls: 1, ms: 0 };
      const calls = own.map(({ call }) => call);
      const samples = await host.turn(calls, { warmup });
      reads.push(...samples.reads);
      if (samples.changedLater !== undefined) changedLater ??= turn * perTurn + samples.changedLater;
      const inspection = steps?.inspect({ planned: own, ...samples }, truthChance / turns);
      if (inspection && 'finding' in inspection)
        return failed(inspection.finding, variant, inputs.warm, { ...request, timed });
    }
  } catch (error) {
    return erred(new CandidateError((error as Error).message), `${variant.id} at ${op.caseName(c)}`);
  } finally {
    host.close();
  }
  const inspection = steps ? { worst: 0 } : new TimedJudge(oracle, inputs).inspect({ planned, reads, changedLater });
  if ('finding' in inspection) return failed(inspection.finding, variant, inputs.warm, { ...request, timed });
  return { status: 'pass', checks: timed.calls, worst: inspection.worst };
}
