/** One op of a suite from sources to samples: build, verify, then time what passed. What fails on the way keeps its verdict. */
import type { Suite } from '../../bench/suites.ts';
import { loadPeer } from '../catalog/peers.ts';
import { selectCases } from '../catalog/select.ts';
import type { Parameters } from '../contract/candidate.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import { threadsOf } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { drawnCases, planChecks } from '../judge/plan.ts';
import { isStanding, merged, pending, type Settled, type Verdict } from '../judge/verdict.ts';
import { verify } from '../judge/verify.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { measure } from '../stopwatch/measure.ts';
import { impossible } from './floor.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from './outcome.ts';
import { builtOf, type OpSelection, type Prepared, peerOutcome, prepare } from './prepare.ts';

export function timedCases(op: AnyOp, { effort, caseFilter }: RunOptions): readonly Case[] {
  const timed = op.cases.filter((c) => effort.extra || !c.extra || caseFilter !== undefined);
  return selectCases(op, timed, caseFilter);
}

/** The candidates with their verdicts. `timedShapes`: check the timed shapes on the inputs that they are timed in as well. */
export async function verifyCandidates(
  prepared: Prepared,
  options: RunOptions,
  { cases, timedShapes }: { cases: readonly Case[]; timedShapes: boolean },
): Promise<readonly CandidateOutcome[]> {
  const { op, candidates } = prepared;
  const variants = builtOf(candidates, ['pending']);
  const checks = planChecks(op, cases, options.effort.repeats, timedShapes);
  const stage = `verifying ${counted(variants.length, 'candidate')}`;
  const onProgress = (done: number, total: number) =>
    options.onProgress({ op: op.name, stage, detail: `check ${done + 1} of ${total}` });
  return judged(candidates, await verify({ ...options, ...prepared, variants, checks, onProgress }));
}

const judged = (candidates: readonly CandidateOutcome[], verdicts: ReadonlyMap<string, Verdict>) =>
  candidates.map((one) => ({ ...one, verdict: merged(one.verdict, verdicts.get(one.id) ?? pending) }));

/** What of an op is timed, and beside what. */
export interface OpJob extends OpSelection {
  readonly suite: Suite;
  readonly options: RunOptions;
}

/** An outcome on its way, in which some verdicts may be pending. */
type Unsettled = Omit<OpOutcome, 'candidates'> & { readonly candidates: readonly CandidateOutcome[] };

/** Aborted, it returns what there is by then, marked as interrupted. */
export async function runOp(job: OpJob, ceilings: Ceilings | null): Promise<OpOutcome> {
  const { suite, options } = job;
  options.onProgress({ op: job.op, stage: 'building' });
  const prepared = await prepare(job);
  const { op, baseline } = prepared;
  const cases = timedCases(op, options);
  const meanCases = op.cases.filter((c) => !c.extra);
  const { candidates } = prepared;
  let outcome: Unsettled = {
    ...{ suite, op, baseline, cases, meanCases, candidates },
    ...{ samples: [], watched: null, interrupted: false },
  };
  try {
    const verified = [...op.edges, ...drawnCases(op, options.seed), ...cases];
    outcome = {
      ...outcome,
      candidates: await verifyCandidates(prepared, options, { cases: verified, timedShapes: false }),
    };
    // The baseline and the peers alone are of no interest.
    if (outcome.candidates.every(({ verdict }) => verdict.status !== 'pass'))
      return { ...outcome, candidates: unfinished(outcome.candidates) };
    const peers = await Promise.all(suite.peers.map(async (name) => peerOutcome(await loadPeer(name, op.name))));
    const beside = [...outcome.candidates, ...peers].map((one) => withParameters(one, op, cases, options));
    outcome = { ...outcome, candidates: await Promise.all(beside) };
    const standing = outcome.candidates.filter(({ verdict }) => isStanding(verdict));
    const variants = standing.flatMap(({ built, peer }) => built ?? peer ?? []);
    const onProgress: OnProgress = (progress) => options.onProgress({ op: op.name, ...progress });
    const measured = await measure({ ...options, ...prepared, variants, cases, onProgress });
    const { samples, verdicts, interrupted } = measured;
    outcome = { ...outcome, candidates: judged(outcome.candidates, verdicts), samples, watched: measured, interrupted };
    outcome = { ...outcome, candidates: await refused(outcome, ceilings, options) };
  } catch (error) {
    if (!options.signal.aborted) throw error;
    outcome = { ...outcome, interrupted: true };
  }
  return { ...outcome, candidates: unfinished(outcome.candidates) };
}

/** What was not verified when the run was interrupted has no verdict but that. */
const unfinished = (candidates: readonly CandidateOutcome[]): CandidateOutcome<Settled>[] =>
  candidates.map((one) => {
    const message = `${one.id}: interrupted before it was verified`;
    return { ...one, verdict: one.verdict.status === 'pending' ? { status: 'error', message } : one.verdict };
  });

/** The candidates, those with times that cannot be with a verdict that says so. */
async function refused(
  outcome: Unsettled,
  ceilings: Ceilings | null,
  options: RunOptions,
): Promise<CandidateOutcome[]> {
  const candidates: CandidateOutcome[] = [];
  for (const one of outcome.candidates) {
    const message = one.verdict.status === 'pass' ? await impossible(outcome, one, ceilings, options) : null;
    candidates.push(message === null ? one : { ...one, verdict: { status: 'impossible', message } });
  }
  return candidates;
}

/** What a generator makes its code with, case by case; nothing for the others. */
async function withParameters(
  outcome: CandidateOutcome,
  op: AnyOp,
  cases: readonly Case[],
  { threads }: RunOptions,
): Promise<CandidateOutcome> {
  const { built, verdict } = outcome;
  if (!built?.tuning || !isStanding(verdict)) return outcome;
  const used = threadsOf(built, threads);
  const parameters = new Map<string, Parameters>();
  for (const c of cases) parameters.set(op.caseName(c), await built.tuning.parameters(c.dims, used));
  return { ...outcome, parameters };
}
