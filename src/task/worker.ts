/** nfold worker: takes jobs from a shared queue, and judges and times them on this machine. */
import { hostname } from 'node:os';
import { buildBaseline } from '../build/build.ts';
import { opNames } from '../catalog/ops.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { hostClass } from '../machine/hostClass.ts';
import type { Job } from '../queue/job.ts';
import { openQueue } from '../queue/open.ts';
import type { Host, Queue } from '../queue/queue.ts';
import { type Worked, type WorkOptions, work } from '../queue/worker.ts';
import type { Io, Result } from '../report/output.ts';
import type { WorkerDone } from '../schemas/worker.ts';
import { checkHost } from './checkHost.ts';
import type { WorkerFlags } from './flags.ts';
import { judgeJob } from './judgeJob.ts';

const stopping = 'stopping; the job that runs is given back, and another worker takes it';

export async function worker({ queue: url, once }: WorkerFlags, io: Io): Promise<Result<WorkerDone>> {
  if (url === undefined)
    throw new NfoldError('A worker needs a queue: give --queue postgres://user@host/database, or set NFOLD_QUEUE.');
  const began = performance.now();
  // What a job starts need not know it.
  delete process.env.NFOLD_QUEUE;
  const host = thisHost();
  const queue = await openQueue({ url, owner: false });
  const signal = io.keepOnStop(stopping);
  try {
    io.note(`${host.name} works, class ${host.class}; Ctrl-C gives back what it has`);
    const worked = await workOn(queue, host, { once, stopping }, io);
    const data = { host: host.name, class: host.class, ...worked };
    const seconds = Math.round((performance.now() - began) / 1000);
    const { done, late, failed } = worked;
    return {
      code: signal.aborted ? exit.interrupted : exit.fine,
      data: { ...data, seconds, interrupted: signal.aborted },
      text: `${counted(done, 'job')} scored, ${late} too late, ${failed} failed, in ${seconds} s`,
    };
  } finally {
    await queue.close();
  }
}

/** Judges and times on this machine. `stopping` is said when it is asked to stop. */
export const workOn = (
  queue: Queue,
  host: Host,
  { stopping, ...ends }: Pick<WorkOptions, 'once' | 'until'> & { readonly stopping: string },
  io: Io,
): Promise<Worked> =>
  work(queue, host, (job) => judgeJob(job, io, stopping), {
    ...{ ...ends, signal: io.keepOnStop(stopping), fault: baselineFault },
    onEvent: ({ sentence }) => io.note(sentence),
    check: (one) => checkHost(one, io, stopping),
  });

/** NFOLD_HOST names a host that has no name of its own, such as a pod. */
export const thisHost = (): Host => ({ name: process.env.NFOLD_HOST || hostname(), class: hostClass() });

/** Why this installation cannot score a job, whose baselines are not those here; null if it can. */
export async function baselineFault({ baselines }: Pick<Job, 'baselines'>): Promise<string | null> {
  const ops = opNames();
  for (const [op, hash] of Object.entries(baselines)) {
    if (!ops.includes(op)) return `There is no op ${op} in this installation.`;
    if ((await buildBaseline(op)).hash !== hash)
      return `The baseline of ${op} is not the one of this installation: start a worker of the nfold that sent it.`;
  }
  return null;
}
