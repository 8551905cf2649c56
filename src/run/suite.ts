/** Takes one op of a suite from sources to samples: builds and verifies its candidates, then times those that passed. */
import type { Suite } from '../../bench/suites.ts';
import { baselineFile, isOwn } from '../catalog/ops.ts';
import { loadPeer } from '../catalog/peers.ts';
import { selectCases } from '../catalog/select.ts';
import type { Parameters } from '../contract/candidate.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import { threadsOf } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { drawnCases, planChecks } from '../judge/plan.ts';
import type { SurveyLimits } from '../judge/survey.ts';
import type { Unseen } from '../judge/unseen.ts';
import { isStanding, merged, pending, type Settled, type Verdict, verdictText } from '../judge/verdict.ts';
import { verify } from '../judge/verify.ts';
import { ceilingsBeside } from '../machine/beside.ts';
import { measure } from '../stopwatch/measure.ts';
import type { SoFar } from '../stopwatch/request.ts';
import { fairCeilings, impossible } from './floor.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from './outcome.ts';
import { builtOf, type OpSelection, type Prepared, peerOutcome, prepare } from './prepare.ts';
import { drawUnseen, type UnseenWanted, withTimeFor } from './unseen.ts';

/** The timed cases that a filter selects from: `extra` ones only if the effort or the filter asks for them. */
export function timedCases(op: AnyOp, { effort, caseFilter }: RunOptions): readonly Case[] {
  return op.cases.filter((c) => effort.extra || !c.extra || caseFilter !== undefined);
}

interface Subjects {
  readonly cases: readonly Case[];
  readonly unseen?: readonly Case[];
  readonly timedShapes: boolean;
  readonly survey?: SurveyLimits;
}

/**
 * The candidates with their verdicts. `timedShapes`: check the timed shapes also in the distribution that they are timed in. `survey`: how
 * far candidates that fail go on. `unseen`: shapes that are timed and no case of the op.
 */
export async function verifyCandidates(
  prepared: Prepared,
  options: Omit<RunOptions, 'caseFilter' | 'committed' | 'signal'>,
  { cases, unseen = [], timedShapes, survey }: Subjects,
): Promise<readonly CandidateOutcome[]> {
  const { op, baseline, candidates } = prepared;
  const variants = builtOf(candidates, ['pending']);
  const extent = { seed: options.seed, repeats: options.effort.repeats, timedShapes };
  const checks = [...planChecks(op, cases, extent), ...planChecks({ ...op, cases: unseen }, unseen, extent)];
  const stage = `verifying ${counted(variants.length, 'candidate')}`;
  const onProgress = (done: number, total: number) =>
    options.onProgress({ op: op.name, stage, detail: `check ${done + 1} of ${total}` });
  // A baseline of the user's is no more proven than a candidate.
  const all = isOwn(op.name) ? [...variants, baseline] : variants;
  const verdicts = await verify({ ...options, ...prepared, variants: all, checks, survey, onProgress });
  const own = verdicts.get(baseline.id) ?? pending;
  if (isStanding(own)) return judged(candidates, verdicts);
  const what = `${shown(baselineFile(op.name))} and the oracle beside it disagree`;
  throw new NfoldError(`${what}: ${verdictText(own)}.`, exit.failed);
}

const judged = (candidates: readonly CandidateOutcome[], verdicts: ReadonlyMap<string, Verdict>) =>
  candidates.map((one) => ({ ...one, verdict: merged(one.verdict, verdicts.get(one.id) ?? pending) }));

export interface OpJob extends OpSelection {
  readonly suite: Suite;
  readonly options: RunOptions;
  /** Default: no unseen shapes. */
  readonly unseen?: UnseenWanted;
  readonly onRound?: (soFar: SoFar) => void;
  /** Whether to look at the machine's ceilings beside the rounds. Default: true. */
  readonly peaks?: boolean;
}

/** The cases of the suite, and then the unseen shapes. */
const timedOf = ({ cases, unseen }: { cases: readonly Case[]; unseen: readonly Unseen[] }): readonly Case[] => [
  ...cases,
  ...unseen.map((one) => one.case),
];

/** An outcome in which verdicts may still be pending. */
type Unsettled = Omit<OpOutcome, 'candidates'> & { readonly candidates: readonly CandidateOutcome[] };

/** If it is aborted, it returns what it has by then, marked as interrupted. Throws if the baseline fails. */
export async function runOp(job: OpJob): Promise<OpOutcome> {
  const { suite, options } = job;
  options.onProgress({ op: job.op, stage: 'building' });
  const prepared = await prepare(job);
  const { op, baseline } = prepared;
  const cases = selectCases(op, timedCases(op, options), options.caseFilter);
  let outcome: Unsettled = {
    ...{ suite, op, baseline, cases, unseen: [], meanCases: op.cases.filter((c) => !c.extra) },
    ...{ candidates: prepared.candidates, samples: [], watched: null, ceilings: null, interrupted: false },
  };
  try {
    if (job.unseen) outcome = { ...outcome, unseen: await drawUnseen(prepared, { ...job.unseen, cases, options }) };
    const verified = [...op.edges, ...drawnCases(op, options.seed), ...cases];
    const all = timedOf(outcome);
    const checks = { cases: verified, unseen: all.slice(cases.length), timedShapes: false };
    outcome = { ...outcome, candidates: await verifyCandidates(prepared, options, checks) };
    // Without a candidate, the baseline and the peers need not be timed.
    if (outcome.candidates.every(({ verdict }) => verdict.status !== 'pass')) return settled(outcome);
    const peers = await Promise.all(suite.peers.map(async (name) => peerOutcome(await loadPeer(name, op.name))));
    const entered = [...outcome.candidates, ...peers].map((one) => withParameters(one, op, all, options));
    outcome = { ...outcome, candidates: await Promise.all(entered) };
    const standing = outcome.candidates.filter(({ verdict }) => isStanding(verdict));
    const variants = standing.flatMap(({ built, peer }) => built ?? peer ?? []);
    const onProgress: OnProgress = (progress) => options.onProgress({ op: op.name, ...progress });
    const effort = withTimeFor(op, cases, all, options.effort);
    const measured = await measure({
      ...options,
      effort,
      ...prepared,
      variants,
      cases: all,
      onProgress,
      onRound: job.onRound,
    });
    const { samples, verdicts, interrupted } = measured;
    outcome = { ...outcome, candidates: judged(outcome.candidates, verdicts), samples, watched: measured, interrupted };
    const passed = outcome.candidates.some(({ built, verdict }) => built && verdict.status === 'pass');
    if (passed && (job.peaks ?? true)) outcome = { ...outcome, ceilings: await ceilingsBeside(options) };
    outcome = { ...outcome, candidates: await refused(outcome, options) };
    outcome = { ...outcome, ceilings: await fairCeilings(outcome, options) };
  } catch (error) {
    if (!options.signal.aborted) throw error;
    outcome = { ...outcome, interrupted: true };
  }
  return settled(outcome);
}

/** An interruption leaves verdicts pending: they become errors. */
const settled = (outcome: Unsettled): OpOutcome => ({
  ...outcome,
  candidates: outcome.candidates.map((one): CandidateOutcome<Settled> => {
    const message = `${one.id}: interrupted before it was verified`;
    return {
      ...one,
      verdict: one.verdict.status === 'pending' ? { status: 'error', message, code: 'interrupted' } : one.verdict,
    };
  }),
});

/** The candidates, with a verdict for those whose times are impossible. */
async function refused(outcome: Unsettled, options: RunOptions): Promise<CandidateOutcome[]> {
  const candidates: CandidateOutcome[] = [];
  for (const one of outcome.candidates) {
    const timed = { ...outcome, cases: timedOf(outcome) };
    const message = one.verdict.status === 'pass' ? await impossible(timed, one, outcome.ceilings, options) : null;
    candidates.push(message === null ? one : { ...one, verdict: { status: 'impossible', message } });
  }
  return candidates;
}

/** The outcome with a generator's parameters, case by case. */
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
