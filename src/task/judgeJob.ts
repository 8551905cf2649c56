/** Judges and times one attempt: a job to the draft of a record, on this machine. */
import { committedTo, makeSeed } from '../judge/seed.ts';
import { usableCores } from '../machine/cpus.ts';
import type { Job, Outcome } from '../queue/job.ts';
import type { Io } from '../report/output.ts';
import { measureAlone } from './alone.ts';
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
  const sources = job.files.map(({ path, content }) => ({ path, content: Buffer.from(content, 'base64') }));
  const { draft } = await measureAlone(
    snapshotsOf(sources, ops, label),
    {
      ...{ suite: { ...suite, ops }, effort, stopping },
      committed: secret === null ? makeSeed(seed ?? undefined) : committedTo(secret),
    },
    flags,
    io,
  );
  return { record: JSON.stringify(draft), interrupted: draft.interrupted };
}
