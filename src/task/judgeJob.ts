/** Judges and times one attempt: a job to the draft of a record, on this machine. */
import { withSnapshots } from '../build/snapshot.ts';
import { measureDraft } from '../commands/bench.ts';
import { committedTo, makeSeed } from '../judge/seed.ts';
import { usableCores } from '../machine/cpus.ts';
import type { Job, Outcome } from '../queue/job.ts';
import type { Io } from '../report/output.ts';
import { snapshotsOf } from './snapshots.ts';
import { taskNamed } from './task.ts';

/** `stopping` is said when it is asked to stop. Throws NfoldError if it was stopped before anything was timed, or cannot be run here. */
export async function judgeJob(job: Job, io: Io, stopping: string): Promise<Outcome> {
  const { effort, unseen, secret, seed, label, ops } = job;
  const { suite } = taskNamed(job.task);
  const flags = {
    ...{ threads: job.threads ?? usableCores(), note: `score ${job.run} of ${label}` },
    ...(unseen > 0 && { unseen }),
  };
  const wanted = {
    committed: secret === null ? makeSeed(seed ?? undefined) : committedTo(secret),
    // Nothing is timed beside the attempt.
    byDefault: { effort, suites: [{ ...suite, ops, peers: [], slowPeers: [], intermediates: [] }] },
    stopping,
  };
  const sources = job.files.map(({ path, content }) => ({ path, content: Buffer.from(content, 'base64') }));
  const { draft } = await withSnapshots(snapshotsOf(sources, ops, label), (candidates) =>
    measureDraft([], flags, io, { ...wanted, selection: { candidates, problems: [] } }),
  );
  return { record: JSON.stringify(draft), error: null, interrupted: draft.interrupted };
}
