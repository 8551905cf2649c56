/** Judges and times one attempt: a job to the draft of a record, on this machine. */
import { suitesOf } from '../../bench/suites.ts';
import { withSnapshots } from '../build/snapshot.ts';
import { opNames } from '../catalog/ops.ts';
import { measureDraft } from '../commands/bench.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { committedTo, makeSeed } from '../judge/seed.ts';
import { usableCores } from '../machine/cpus.ts';
import type { Job, Outcome } from '../queue/job.ts';
import type { Io } from '../report/output.ts';
import { snapshotsOf } from './artefact.ts';

/** Throws NfoldError if it was stopped before anything was timed, or cannot be run here. */
export async function judgeJob(job: Job, io: Io): Promise<Outcome> {
  const { effort, unseen, secret, seed } = job;
  const flags = {
    ...{ threads: job.threads ?? usableCores(), note: `score ${job.run} of ${job.label}` },
    ...(unseen > 0 && { unseen }),
  };
  const wanted = {
    committed: secret === null ? makeSeed(seed ?? undefined) : committedTo(secret),
    byDefault: { effort, suites: [suiteOf(job)] },
  };
  const { draft } = await withSnapshots(snapshotsOf(job), (candidates) =>
    measureDraft([], flags, io, { ...wanted, selection: { candidates, problems: [] } }),
  );
  return { record: JSON.stringify(draft), error: null, interrupted: draft.interrupted };
}

/** The suite of the task, without anything to time beside the attempt. */
export function suiteOf({ task, ops }: Pick<Job, 'task' | 'ops'>) {
  const suites = suitesOf(opNames());
  const suite =
    suites.find(({ name }) => name === task) ?? suites.find((one) => ops.every((op) => one.ops.includes(op)));
  if (!suite) throw new NfoldError(`There is no op and no suite '${task}' here.`, exit.nothing);
  return { ...suite, name: task, ops, peers: [], slowPeers: [], intermediates: [] };
}
