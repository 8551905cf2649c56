/** nfold bench: verify, time, report, save. */

import { join } from 'node:path';
import pc from 'picocolors';
import { type Suite, suites } from '../../bench/suites.ts';
import type { Selection } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted, quoted } from '../contract/words.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { namesIn } from '../files/given.ts';
import { command, packageRoot, shown, workFolder } from '../files/places.ts';
import { Unwritten } from '../files/write.ts';
import { isBad } from '../judge/verdict.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { ceilingsHere } from '../machine/peak.ts';
import { checkName } from '../records/find.ts';
import type { Draft, Record } from '../records/schema.ts';
import { recordOf, type Saved, saveRecord } from '../records/store.ts';
import { print, warn } from '../report/output.ts';
import { reportersOf, writeReports } from '../report/reporters.ts';
import { reportRecord } from '../report/terminal.ts';
import { durationText, estimateOp, total } from '../run/estimate.ts';
import type { OpOutcome, RunOptions } from '../run/outcome.ts';
import { draftOf } from '../run/record.ts';
import { planOp, runOp } from '../run/suite.ts';
import { sharedEffort } from '../stopwatch/effort.ts';
import { type Flags, type OpSelection, prepareRun } from './run.ts';
import { onStop } from './stop.ts';

export async function bench(selectors: readonly string[], flags: Flags): Promise<void> {
  const reporters = reportersOf(flags, 'record');
  if (flags.save !== undefined) checkName(flags.save);
  const saved = await measureAndSave(selectors, flags);
  const { record, displaced = false } = saved;
  // Everything is kept: while a pipe has no reader, Ctrl-C may end this at once.
  onStop(() => process.exit(exit.interrupted));
  const reported = await writeReports(reporters, record, () =>
    print(`${reportRecord(record, { perCase: selectors.length > 0 })}\n\n${next(saved, selectors)}`),
  );
  const bad = displaced || !reported;
  process.exitCode = bad
    ? exit.failed
    : record.interrupted
      ? exit.interrupted
      : failed(record)
        ? exit.failed
        : exit.fine;
}

/** A run from its selectors to its record; interrupted, to the record of what was measured by then. Throws NfoldError for wrong usage. */
export async function measureAndSave(selectors: readonly string[], flags: Flags): Promise<Saved> {
  const [startedAt, began] = [new Date(), performance.now()];
  const facts = { machine: machine(), runtime: runtime(), startedAt };
  const { selections, strays, options, textName, progress } = await prepareRun(selectors, flags, {
    effort: 'quick',
    suites: suites.filter(({ inDefaultRun }) => inDefaultRun),
    pool: (op) => op.cases,
  });
  const { commitment } = options.committed;
  if (commitment) process.stderr.write(`seed committed to: sha256 ${commitment.hash}, revealed in the record\n`);
  const ceilings = await ceilingsHere(options);
  const asked = selectors.length > 0;
  const jobs = suites.flatMap((known) => {
    const peers = flags.peers === false ? [] : asked ? [...known.peers, ...known.slowPeers] : known.peers;
    const suite = { ...known, peers };
    const chosen = selections
      .filter(({ op }) => suite.ops.includes(op))
      .map((selection) => (asked ? selection : withoutIntermediates(selection, suite)));
    const effort = sharedEffort(options.effort, chosen.length);
    return chosen.map((selection) => ({ suite, ...selection, options: { ...options, effort } }));
  });
  await announce(jobs);
  const outcomes: OpOutcome[] = [];
  for (const { suite, op, candidates, problems, options } of jobs) {
    if (options.signal.aborted) break;
    outcomes.push(await runOp(suite, op, candidates, problems, options, ceilings));
  }
  progress.end();
  const interrupted = options.signal.aborted;
  if (interrupted && outcomes.every(({ samples }) => samples.length === 0))
    throw new NfoldError('Stopped before anything was timed, so there is no record of it.', exit.interrupted);
  const draft = draftOf(outcomes, {
    ...facts,
    seconds: (performance.now() - began) / 1000,
    options,
    textName,
    interrupted,
    strays,
    ceilings,
    name: flags.save,
    note: flags.note,
  });
  return keep(draft);
}

interface Job extends OpSelection {
  readonly suite: Suite;
  readonly options: RunOptions;
}

/** How long it will take, on stderr. Nothing, where Ctrl-C came first. */
async function announce(jobs: readonly Job[]): Promise<void> {
  const spans: (readonly [number, number])[] = [];
  for (const { suite, op, candidates, options } of jobs) {
    if (options.signal.aborted) return;
    options.onProgress(`${op}: the baseline's pace`);
    const planned = await planOp(suite, op, candidates, options).catch((error: unknown) => {
      if (options.signal.aborted) return null;
      throw error;
    });
    if (planned === null) return;
    spans.push(estimateOp(planned, options.effort));
  }
  process.stderr.write(`${jobs[0].options.effort.name}: this takes ${durationText(total(spans))}\n`);
}

/** A run of everything does not wait for candidates that are steps to others, and says so. */
function withoutIntermediates<T extends Selection>(selection: T, { name, intermediates }: Suite): T {
  const candidates = selection.candidates.filter(({ id }) => !intermediates.includes(id));
  const left = selection.candidates.length - candidates.length;
  if (left > 0) {
    const what = `${counted(left, 'candidate')} of ${name}, on the way to the others`;
    process.stderr.write(`not timed here: ${what}; '${nfold} bench ${name}' times all\n`);
  }
  return { ...selection, candidates };
}

function keep(draft: Draft): Saved {
  try {
    return saveRecord(draft);
  } catch (error) {
    if (!(error instanceof Unwritten)) throw error;
    const saved = elsewhere('records', (folder) => saveRecord(draft, folder));
    const instead = saved ? `the record is in ${saved.file} instead` : 'no other folder takes the record either';
    warn(`${error.clause}; ${instead}.`);
    return { ...(saved ?? { record: recordOf(draft), file: null }), displaced: true };
  }
}

function failed({ candidates }: Record): boolean {
  return candidates.some(({ peer, verdict }) => !peer && isBad(verdict));
}

const nfold = command.map(quoted).join(' ');

/** Copies a kernel to a name that no file has, here or among nfold's own, whatever its ending. */
export function startOfOne(roots: readonly string[] = [packageRoot, workFolder]): string {
  const folder = 'kernels/sgemm';
  const taken = roots.flatMap((root) => namesIn(join(root, folder)));
  const isTaken = (name: string) => taken.some((other) => other.startsWith(`${name}.`));
  let name = 'mine-ts';
  for (let n = 2; isTaken(name); n++) name = `mine${n}-ts`;
  const begin = workFolder === packageRoot ? '' : `mkdir -p ${folder} && `;
  return `${begin}cp -n ${quoted(shown(join(packageRoot, folder, 'ikj-ts.ts')))} ${folder}/${name}.ts`;
}

function next({ record, file, displaced }: Saved, selectors: readonly string[]): string {
  const again =
    file === null ? [] : [[`${nfold} show${displaced ? ` ${quoted(file)}` : ''}`, 'this record again, case by case']];
  const more =
    record.effort === 'thorough' || record.samples.length === 0
      ? []
      : [[`${nfold} bench ${rerun(record, selectors)}`, 'more rounds, narrower intervals']];
  const tips = [
    ...again,
    ...more,
    ...(record.suites.some(({ name }) => name === 'train_gpt2')
      ? [[`${nfold} bench lm_ops --quick`, 'every kernel of the training step on its own']]
      : []),
    [`${nfold} list`, 'every candidate and its idea'],
    [startOfOne(), 'a kernel of your own: one file, and its path registers it'],
  ];
  const width = Math.max(...tips.map(([command]) => command.length));
  return [
    file === null ? 'Record: none, as no folder takes it' : `Record: ${shown(file)}`,
    'Next:',
    ...tips.map(([command, what]) => `  ${command.padEnd(width)}  ${pc.dim(what)}`),
  ].join('\n');
}

/** One suite after a run of all; after a run of what was asked for, that with the next level of effort. */
function rerun({ suites: [first], effort, caseFilter }: Record, selectors: readonly string[]): string {
  if (selectors.length === 0) return first.name;
  const filter = caseFilter === null ? [] : ['--case', caseFilter];
  return [...[...selectors, ...filter].map(quoted), ...(effort === 'quick' ? [] : ['--thorough'])].join(' ');
}
