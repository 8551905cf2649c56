/** nfold bench: verify, time, report, save. */
import { suites } from '../../bench/suites.ts';
import { loadOp } from '../catalog/ops.ts';
import { selectCases } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { isBad } from '../judge/verdict.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { checkName } from '../records/find.ts';
import { saveSomewhere } from '../records/folder.ts';
import type { Record } from '../records/schema.ts';
import { recordOf, type Saved, saveRecord } from '../records/store.ts';
import type { Io, Result } from '../report/output.ts';
import { provisional } from '../report/provisional.ts';
import { reported, reportersOf } from '../report/reporters.ts';
import { reportRecord } from '../report/terminal.ts';
import type { OpOutcome } from '../run/outcome.ts';
import { draftOf } from '../run/record.ts';
import { type OpJob, runOp, timedCases } from '../run/suite.ts';
import { sharedEffort } from '../stopwatch/effort.ts';
import { withEarlier } from './against.ts';
import type { BenchFlags } from './flags.ts';
import { next, nfold } from './next.ts';
import { choosePeers } from './peers.ts';
import { prepareRun, type SuiteSelection, type Wanted } from './run.ts';

export async function bench(selectors: readonly string[], flags: BenchFlags, io: Io): Promise<Result<Record>> {
  const reporters = reportersOf(flags, 'record');
  if (flags.save !== undefined) checkName(flags.save);
  const saved = await measureAndSave(selectors, flags, io);
  const { record, displaced, faults } = saved;
  // Everything is kept: while a pipe has no reader, Ctrl-C may end this at once.
  io.endOnStop();
  const failed = displaced || record.candidates.some(({ peer, verdict }) => !peer && isBad(verdict));
  const code = record.interrupted && !displaced ? exit.interrupted : failed ? exit.failed : exit.fine;
  const again = flags.against === undefined ? selectors : [...selectors, '--against', flags.against];
  const text = `${reportRecord(record, { perCase: selectors.length > 0, faults })}\n\n${next(saved, again, flags)}`;
  return reported(reporters, record, { code, data: record, text }, io);
}

/** Runs what the selectors say and saves the record, when interrupted that of what was measured. Throws NfoldError for wrong usage. */
export async function measureAndSave(selectors: readonly string[], flags: BenchFlags, io: Io, wanted?: Wanted) {
  const { draft, faults } = await measureDraft(selectors, flags, io, wanted);
  const saved: Saved | null = saveSomewhere('record', (folder) => saveRecord(draft, folder), io.warn);
  return { ...(saved ?? { record: recordOf(draft), file: null, displaced: true }), faults };
}

/** The same without a file; `faults` are the verdicts that have a message, by candidate. */
export async function measureDraft(
  selectors: readonly string[],
  { against, ...flags }: BenchFlags,
  io: Io,
  wanted: Wanted = {},
): ReturnType<typeof measureNow> {
  if (against === undefined) return measureNow(selectors, flags, io, wanted);
  return withEarlier(selectors, against, io, (candidates) =>
    measureNow(selectors, flags, io, { ...wanted, selection: { candidates, problems: [] } }),
  );
}

async function measureNow(selectors: readonly string[], flags: BenchFlags, io: Io, wanted: Wanted) {
  const [startedAt, began] = [new Date(), performance.now()];
  const facts = { machine: machine(), runtime: runtime(), startedAt };
  const byDefault = { effort: 'quick', suites: suites.filter(({ inDefaultRun }) => inDefaultRun) } as const;
  const { selections, strays, options, textName } = await prepareRun(selectors, flags, io, { byDefault, ...wanted });
  const withPeers = choosePeers(
    selections.map(({ suite }) => suite),
    flags.peers,
  );
  const { signal, committed } = options;
  if (committed.commitment) io.note(`seed committed to: sha256 ${committed.commitment.hash}, revealed in the record`);
  const jobs = selections.map((selection): OpJob => {
    const { suite, candidates } = withoutIntermediates(selection, io);
    const effort = sharedEffort(options.effort, selections.filter((other) => other.suite.name === suite.name).length);
    return {
      ...selection,
      candidates,
      suite: withPeers(suite),
      options: { ...options, effort },
      ...(flags.unseen !== undefined && { unseen: { count: flags.unseen, note: io.note } }),
    };
  });
  const budgetS = jobs.reduce((sum, job) => sum + job.options.effort.budgetS, 0);
  const atMost = budgetS < 120 ? `${Math.ceil(budgetS)} s` : `${Math.ceil(budgetS / 60)} minutes`;
  io.note(
    `${options.effort.name}: the rounds take at most ${atMost}, or longer on a machine where two rounds already do${flags.unseen === undefined ? '' : ', and unseen shapes add their share'}`,
  );
  const done = new Map<OpJob, OpOutcome>();
  for (const job of await cheapestFirst(jobs)) {
    if (signal.aborted) break;
    done.set(job, await runOp({ ...job, onRound: (soFar) => io.note(provisional(soFar)) }));
  }
  const outcomes = jobs.flatMap((job) => done.get(job) ?? []);
  const interrupted = signal.aborted;
  if (interrupted && outcomes.every(({ samples }) => samples.length === 0))
    throw new NfoldError('Stopped before anything was timed, so there is no record of it.', exit.interrupted);
  const seconds = (performance.now() - began) / 1000;
  const given = { options, textName, strays, name: flags.save, note: flags.note };
  const errors = outcomes.flatMap(({ candidates }) =>
    candidates.flatMap(({ id, verdict }) => ('message' in verdict ? [[id, verdict] as const] : [])),
  );
  const draft = draftOf(outcomes, { ...facts, ...given, seconds, interrupted });
  return { draft, faults: new Map(errors) };
}

/** Leaves out the candidates that are steps on the way to others, and says so. */
function withoutIntermediates(selection: SuiteSelection, io: Io): SuiteSelection {
  const { name, intermediates } = selection.suite;
  const candidates = selection.candidates.filter(({ id }) => !intermediates.includes(id));
  const left = selection.candidates.length - candidates.length;
  if (left > 0)
    io.note(`skipping ${counted(left, 'intermediate candidate')} of ${name}; '${nfold()} bench ${name}' times all`);
  return { ...selection, candidates };
}

/** By the work of the timed cases, so that the first numbers come soon. */
async function cheapestFirst(jobs: readonly OpJob[]): Promise<OpJob[]> {
  const works = await Promise.all(
    jobs.map(async ({ op: name, options }) => {
      const op = await loadOp(name);
      const cases = selectCases(op, timedCases(op, options), options.caseFilter);
      return cases.reduce((sum, { dims }) => sum + op.flop(dims), 0);
    }),
  );
  return jobs
    .map((job, i) => ({ job, work: works[i] }))
    .sort((a, b) => a.work - b.work)
    .map(({ job }) => job);
}
