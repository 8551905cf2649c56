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
import { detailsOf, isStanding, verdictText } from '../judge/verdict.ts';
import { newestResults } from '../records/newest.ts';
import type { Io, Result } from '../report/output.ts';
import { inWindow } from '../report/screen.ts';
import type { CandidateOutcome, RunOptions } from '../run/outcome.ts';
import { type OpSelection, prepare } from '../run/prepare.ts';
import { runOp } from '../run/suite.ts';
import type { Profiled } from '../schemas/wings.ts';
import { means } from '../stats/means.ts';
import { efforts } from '../stopwatch/effort.ts';
import type { declare } from './flags.ts';
import { amdahl, profile, type Step } from './profile.ts';
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
  const reports: ProfileReport[] = [];
  try {
    const measured = await measureOps(selection, options);
    const speedups = measured.length > 0 ? measured : recorded(io);
    for await (const report of profileSteps(ofOp(selection, step), flags.case ?? defaultCase, options, speedups)) {
      reports.push(report);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error instanceof CandidateError ? asFailure(error) : error;
  }
  return {
    code: options.signal.aborted ? exit.interrupted : exit.fine,
    data: { seed: options.seed, text: textName, profiles: reports },
    text: inWindow(flags.wide === true, () => reportProfiles(reports)),
  };
}

/** A report for each case and selected candidate of the step, or for each case of the baseline alone. */
async function* profileSteps(
  selection: OpSelection,
  caseFilter: string,
  options: RunOptions,
  speedups: readonly OpSpeedup[],
): AsyncGenerator<ProfileReport> {
  const { op, baseline, candidates } = await prepare(selection);
  const steps: Step[] = [{ plain: baseline, marked: await buildMarkedBaseline(step) }];
  for (const [i, outcome] of candidates.entries()) {
    steps.push({ plain: builtIn(outcome), marked: await buildMarked(selection.candidates[i]) });
  }
  for (const c of selectCases(op, op.cases, caseFilter)) {
    const [base, ...others] = await profile({ ...options, op, c, steps });
    const gains = speedups.map((known) => {
      const share = base.ops?.find(({ ops }) => ops.includes(known.op))?.share ?? 0;
      return { ...known, share, overall: amdahl(share, known.speedup) };
    });
    const common = { case: op.caseName(c), baseline: base, amdahl: gains };
    const named = others.map((other, i) => {
      const { plain } = steps[i + 1];
      return { id: plain.id, threads: threadsOf(plain, options.threads), ...other };
    });
    for (const candidate of named.length > 0 ? named : [null]) yield { ...common, candidate };
  }
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
