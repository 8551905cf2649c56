/** One op of a suite from sources to samples: build, verify, then time what passed. What fails on the way keeps its verdict. */

import type { Suite } from '../../bench/suites.ts';
import { type Built, build, buildBaseline } from '../build/build.ts';
import { type CandidateFile, type Problem, told } from '../catalog/candidates.ts';
import { loadOp, loadOracle } from '../catalog/ops.ts';
import { isInstalled, loadPeer, type PeerVariant } from '../catalog/peers.ts';
import { selectCases } from '../catalog/select.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError, plain } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import type { OnProgress } from '../contract/progress.ts';
import { threadsOf } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { fullShare } from '../judge/inputs.ts';
import { paceOf } from '../judge/pace.ts';
import type { Verdict } from '../judge/verdict.ts';
import { drawnCases, planChecks, verify } from '../judge/verify.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { acceptsFlag } from '../machine/features.ts';
import { workOf } from '../machine/roofline.ts';
import { measure } from '../stopwatch/measure.ts';
import type { Planned } from './estimate.ts';
import { impossible } from './floor.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from './outcome.ts';

export interface Prepared {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Built;
  readonly entries: CandidateOutcome[];
}

/** Op, oracle, baseline, and each candidate built or with the reason why not. */
export async function prepare(
  opName: string,
  candidates: readonly CandidateFile[],
  problems: readonly Problem[],
): Promise<Prepared> {
  const [op, oracle, baseline] = await Promise.all([loadOp(opName), loadOracle(opName), buildBaseline(opName)]);
  const entries: CandidateOutcome[] = [];
  for (const candidate of candidates) entries.push(await entryOf(candidate, op));
  for (const problem of problems) entries.push(broken(plain(shown(problem.file)), told(problem)));
  return { op, oracle, baseline, entries };
}

const untested: Verdict = { status: 'pass', checks: 0, worst: 0 };

const entryWith = (
  id: string,
  verdict: Verdict,
  built: Built | null,
  peer: PeerVariant | null = null,
): CandidateOutcome => ({
  id,
  about: built?.about ?? peer?.peer.about ?? null,
  built,
  peer,
  parameters: new Map(),
  verdict,
});
const broken = (id: string, message: string) => entryWith(id, { status: 'error', message }, null);

async function entryOf(candidate: CandidateFile, op: AnyOp): Promise<CandidateOutcome> {
  try {
    const built = await build(candidate);
    // Compiled now for one case, so that what does not compile is known before anything is timed.
    await built.artifact(op.cases[0].dims);
    const missing = built.flags.find((flag) => !acceptsFlag(flag));
    if (missing === undefined) return entryWith(built.id, untested, built);
    const message = `${built.id} needs the V8 flag ${missing}, which this Node does not have`;
    return entryWith(built.id, { status: 'unsupported', message }, built);
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    return broken(candidate.id, error.message);
  }
}

function timedCases(op: AnyOp, { effort, caseFilter }: RunOptions): readonly Case[] {
  const timed = op.cases.filter((c) => effort.extra || !c.extra || caseFilter !== undefined);
  return selectCases(op, timed, caseFilter);
}

const verifiedCases = (op: AnyOp, timed: readonly Case[], { seed }: RunOptions) => [
  ...op.edges,
  ...drawnCases(op, seed),
  ...timed,
];

/** What `runOp` will do, for an estimate of its time. The baseline's pace is measured for it, which verification needs as well. */
export async function planOp(
  { peers }: Suite,
  opName: string,
  candidates: readonly CandidateFile[],
  options: RunOptions,
): Promise<Planned> {
  const [op, oracle, baseline] = await Promise.all([loadOp(opName), loadOracle(opName), buildBaseline(opName)]);
  const cases = timedCases(op, options);
  const js = candidates.filter(({ kind }) => kind === 'ts').length;
  const installed = await Promise.all(peers.map(isInstalled));
  const loaded = await Promise.all(peers.filter((_, i) => installed[i]).map((name) => loadPeer(name, opName)));
  const dear = loaded.filter((peer) => peer.slow).length;
  return {
    nsPerFlop: await paceOf(op, baseline, options.text),
    cases: cases.map(({ dims }) => ({ flop: op.flop(dims), bytes: workOf(op, dims).workingSet })),
    checked: (calls) => checked(op, oracle, calls, candidates.length),
    js,
    wasm: candidates.length - js + loaded.length - dear,
    twin: js < candidates.length ? 'wasm' : 'js',
    dear,
    checks: planChecks(op, verifiedCases(op, cases, options), options.effort.repeats, false).length,
  };
}

/**
 * As inputs.ts and timed.ts have it. Where there is no sketch, all calls are compared in full. A state is sent once a round; it is compared
 * from the drawn one, which all variants share, in one of the first three rounds or so, and from the carried one of each in another.
 */
function checked(op: AnyOp, { sketch }: Oracle, calls: number, candidates: number) {
  if (op.carries) return { sent: 1, truths: (1 + candidates) / 3 };
  return { sent: calls, truths: sketch ? Math.ceil(calls / fullShare) : calls };
}

/** Writes verdicts into the entries. `timedShapes`: check the timed shapes on the inputs that they are timed in as well. */
export async function verifyEntries(
  prepared: Prepared,
  cases: readonly Case[],
  options: RunOptions,
  timedShapes: boolean,
) {
  const { op, entries } = prepared;
  const variants = entries.flatMap(({ built, verdict }) => (built && verdict.status === 'pass' ? [built] : []));
  const checks = planChecks(op, cases, options.effort.repeats, timedShapes);
  const stage = `verifying ${counted(variants.length, 'candidate')}`;
  const onProgress = (done: number, total: number) =>
    options.onProgress({ op: op.name, stage, detail: `check ${done + 1} of ${total}` });
  const verdicts = await verify({ ...options, ...prepared, variants, checks, onProgress });
  for (const entry of entries) entry.verdict = verdicts.get(entry.id) ?? entry.verdict;
}

/** Aborted, it returns what there is by then, marked as interrupted. */
export async function runOp(
  suite: Suite,
  opName: string,
  candidates: readonly CandidateFile[],
  problems: readonly Problem[],
  options: RunOptions,
  ceilings: Ceilings | null,
): Promise<OpOutcome> {
  options.onProgress({ op: opName, stage: 'building' });
  const prepared = await prepare(opName, candidates, problems);
  const { op, baseline, entries } = prepared;
  const cases = timedCases(op, options);
  const meanCases = op.cases.filter((c) => !c.extra);
  const common = { suite, op, baseline, cases, meanCases, candidates: entries };
  const outcome: OpOutcome = { ...common, samples: [], watched: null, interrupted: false };
  try {
    await verifyEntries(prepared, verifiedCases(op, cases, options), options, false);
    // Nobody waits for the baseline and the peers alone.
    if (entries.every(({ verdict }) => verdict.status !== 'pass')) return outcome;
    for (const name of suite.peers) entries.push(entryWith(name, untested, null, await loadPeer(name, op.name)));
    for (const entry of entries) entry.parameters = await parametersOf(entry, op, cases, options.threads);
    const standing = entries.filter(({ verdict }) => verdict.status === 'pass');
    const variants = standing.flatMap(({ built, peer }) => built ?? peer ?? []);
    const onProgress: OnProgress = (progress) => options.onProgress({ op: op.name, ...progress });
    const measured = await measure({ ...options, ...prepared, variants, cases, onProgress });
    outcome.samples = measured.samples;
    outcome.watched = measured;
    outcome.interrupted = measured.interrupted;
    for (const entry of standing) {
      entry.verdict = merged(entry.verdict, measured.verdicts.get(entry.id));
      const message = entry.verdict.status === 'pass' ? await impossible(outcome, entry, ceilings, options) : null;
      if (message !== null) entry.verdict = { status: 'impossible', message };
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
    outcome.interrupted = true;
  }
  for (const entry of entries) {
    if (entry.verdict.status !== 'pass' || entry.verdict.checks > 0) continue;
    entry.verdict = { status: 'error', message: `${entry.id}: interrupted before it was verified` };
  }
  return outcome;
}

async function parametersOf(
  { built }: CandidateOutcome,
  op: AnyOp,
  cases: readonly Case[],
  threads: number,
): Promise<ReadonlyMap<string, Parameters>> {
  const found = new Map<string, Parameters>();
  if (!built?.tuning) return found;
  const used = threadsOf(built, threads);
  for (const c of cases) found.set(op.caseName(c), await built.tuning.parameters(c.dims, used));
  return found;
}

function merged(first: Verdict, second: Verdict | undefined): Verdict {
  if (first.status !== 'pass' || !second) return first;
  if (second.status !== 'pass') return second;
  return { status: 'pass', checks: first.checks + second.checks, worst: Math.max(first.worst, second.worst) };
}
