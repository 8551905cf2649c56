/** nfold profile: shows the share of each op in a training step, and what one op's faster candidate would make of the whole. */
import { type Suite, suites } from '../../bench/suites.ts';
import { type Built, buildMarked, buildMarkedBaseline } from '../build/build.ts';
import { markedOps } from '../build/marks.ts';
import { scan } from '../catalog/candidates.ts';
import { type Selection, select, selectCases } from '../catalog/select.ts';
import type { FlagsOf } from '../commands/flags.ts';
import { prepareRun } from '../commands/run.ts';
import { CandidateError, exit, NfoldError } from '../contract/errors.ts';
import { asFailure } from '../contract/place.ts';
import { threadsOf } from '../contract/variant.ts';
import { shown } from '../files/places.ts';
import { detailsOf, isStanding, verdictText } from '../judge/verdict.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { newestResults } from '../records/newest.ts';
import { keepProfile } from '../records/profile.ts';
import type { Io, Result } from '../report/output.ts';
import { inWindow } from '../report/screen.ts';
import type { CandidateOutcome, RunOptions } from '../run/outcome.ts';
import { type OpSelection, prepare } from '../run/prepare.ts';
import { runOp } from '../run/suite.ts';
import type { Profiled } from '../schemas/wings.ts';
import { amdahl } from '../stats/amdahl.ts';
import { means } from '../stats/means.ts';
import { efforts } from '../stopwatch/effort.ts';
import type { declare } from './flags.ts';
import { type ProfileRequest, profile, type Step } from './profile.ts';
import { type OpSpeedup, type ProfileReport, reportProfiles } from './report.ts';

const step = 'train_gpt2';
const defaultCase = 'B4T64L4C128NH4V256';

export async function profileCommand(
  selectors: readonly string[],
  flags: FlagsOf<typeof declare>,
  io: Io,
): Promise<Result<Profiled>> {
  const selection = select(selectors.length > 0 ? selectors : [step], scan());
  const ops = new Set([...selection.candidates, ...selection.problems].map(({ op }) => op ?? ''));
  for (const op of ops) {
    if (op === step || markedOps.includes(op)) continue;
    throw new NfoldError(`${op} is no part of a training step: profile takes ${step} and the ops of the suite lm_ops.`);
  }
  if (ops.size === 0) throw new NfoldError(`${selectors.join(' ')} has no candidate to profile.`, exit.nothing);
  const { options, textName } = await prepareRun([step], flags, io);
  const facts = { createdAt: new Date().toISOString(), machine: machine(), runtime: runtime() };
  const reports: ProfileReport[] = [];
  const variants: Built[] = [];
  try {
    const measured = await measureOps(selection, options);
    const speedups = measured.length > 0 ? measured : recorded(io);
    const ofStep = ofOp(selection, step);
    const { op, baseline, candidates } = await prepare(ofStep);
    variants.push(baseline, ...candidates.map(builtIn));
    const steps: Step[] = [{ plain: baseline, marked: await buildMarkedBaseline(step) }];
    for (const [i, file] of ofStep.candidates.entries())
      steps.push({ plain: variants[i + 1], marked: await buildMarked(file) });
    for (const c of selectCases(op, op.cases, flags.case ?? defaultCase))
      reports.push(...(await profileCase({ ...options, op, c, steps }, speedups)));
  } catch (error) {
    if (!options.signal.aborted) throw error instanceof CandidateError ? asFailure(error) : error;
  }
  const interrupted = options.signal.aborted;
  const code = interrupted ? exit.interrupted : exit.fine;
  const data = { seed: options.seed, text: textName, profiles: reports };
  if (reports.length === 0) return { code, data, text: '' };
  const described = variants.map(({ id, hash }) => ({ id, hash }));
  const kept = keepProfile(
    { ...facts, interrupted, effort: options.effort.name, variants: described, ...data },
    io.warn,
  );
  return {
    code,
    data,
    text: [
      inWindow(flags.wide === true, () => reportProfiles(reports)),
      ...(kept === null ? [] : [`Kept: ${shown(kept)}`]),
    ].join('\n\n'),
  };
}

/** A report for each candidate of the step, or one for the baseline alone. */
async function profileCase(request: ProfileRequest, speedups: readonly OpSpeedup[]): Promise<ProfileReport[]> {
  const { op, c, steps, threads } = request;
  const [base, ...others] = await profile(request);
  const gains = speedups.map((known) => {
    const share = base.ops?.find(({ ops }) => ops.includes(known.op))?.share ?? 0;
    return { ...known, share, overall: amdahl(share, known.speedup) };
  });
  const common = { case: op.caseName(c), baseline: base, amdahl: gains };
  const named = others.map((other, i) => {
    const { plain } = steps[i + 1];
    return { id: plain.id, threads: threadsOf(plain, threads), ...other };
  });
  return (named.length > 0 ? named : [null]).map((candidate) => ({ ...common, candidate }));
}

function ofOp({ candidates, problems }: Selection, op: string): OpSelection {
  const isOfOp = (one: { readonly op: string | null }) => one.op === op;
  return { op, candidates: candidates.filter(isOfOp), problems: problems.filter(isOfOp) };
}

/** Throws NfoldError if the candidate failed or was not built. */
function builtIn({ built, verdict }: CandidateOutcome): Built {
  if (built && isStanding(verdict)) return built;
  throw new NfoldError(verdictText(verdict), exit.failed, detailsOf(verdict));
}

/** The means of the selected candidates of ops, verified and timed now. */
async function measureOps(selection: Selection, options: RunOptions): Promise<OpSpeedup[]> {
  const quick = { ...options, effort: efforts.quick, caseFilter: undefined };
  const measured: OpSpeedup[] = [];
  for (const name of markedOps) {
    const selected = ofOp(selection, name);
    if (selected.candidates.length + selected.problems.length === 0) continue;
    const suite = suites.find(({ ops }) => ops.includes(name)) as Suite;
    const { op, candidates, baseline, samples, meanCases } = await runOp({
      ...selected,
      suite,
      options: quick,
      peaks: false,
    });
    options.signal.throwIfAborted();
    const cases = meanCases.map((c) => op.caseName(c));
    for (const outcome of candidates) {
      const { id: candidate } = builtIn(outcome);
      const found = means(samples, baseline.id, candidate, cases);
      if (found) measured.push({ op: name, candidate, speedup: found.arithmetic.value, record: null });
    }
  }
  return measured;
}

/** The best candidate of each op, by the newest records here. */
function recorded(io: Io): OpSpeedup[] {
  const best = new Map<string, OpSpeedup>();
  for (const [candidate, { mean, record }] of newestResults(io.warn)) {
    const [op] = candidate.split('/');
    const speedup = mean?.arithmetic?.value ?? 0;
    if (speedup > (best.get(op)?.speedup ?? 0)) best.set(op, { op, candidate, speedup, record });
  }
  return markedOps.flatMap((op) => best.get(op) ?? []);
}
