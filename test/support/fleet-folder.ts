/** A folder's queue as a program: sends jobs, works them off, and says in lines what happens: `fleet-folder.ts '{"folder":"queue","jobs":3}'`. */
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { NfoldError } from '../../src/contract/errors.ts';
import { openQueue } from '../../src/queue/open.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { work } from '../../src/queue/worker.ts';
import { jobOf } from './fleet.ts';

export interface FolderSettings {
  readonly folder: string;
  readonly jobs: number;
  /** The job whose judgement never ends. */
  readonly endless?: string;
  /** Of each record, which no compression makes smaller. */
  readonly bytes?: number;
  /** Fills the disk while this job is judged, with a file of that name in the working folder. */
  readonly fill?: string;
}

const { folder, jobs, endless, bytes = 10, fill }: FolderSettings = JSON.parse(process.argv[2]);
const labels = Array.from({ length: jobs }, (_, i) => `job${i}`);
const tell = (line: string) => process.stdout.write(`${line}\n`);

let queue: Queue | null = null;
try {
  queue = await openQueue({ folder });
  tell('open');
  const { added } = await queue.send(labels.map((label) => ({ key: label, job: jobOf(label) })));
  tell(`sent ${added}`);
  await work(
    queue,
    { name: 'h', class: 'c' },
    async ({ label }) => {
      if (label === fill) fillDisk(label);
      if (label === endless) await pause(2 ** 31 - 1);
      return { record: JSON.stringify(randomBytes(bytes / 2).toString('hex')), interrupted: false };
    },
    {
      ...{ once: true, signal: new AbortController().signal, lock: `nfold-test-${process.pid}` },
      onEvent: ({ kind, key = '' }) => tell(`${kind} ${key}`),
    },
  );
  const scored = await Promise.all(labels.map((label) => queue!.scored(label)));
  tell(`scored ${scored.filter((one) => one !== null).length} of ${jobs}`);
} catch (error) {
  if (!(error instanceof NfoldError)) throw error;
  tell(error.sentence);
  process.exitCode = error.exitCode;
} finally {
  await queue?.close();
}

function fillDisk(name: string): void {
  try {
    for (;;) appendFileSync(name, Buffer.alloc(2 ** 16));
  } catch {
    tell('full');
  }
}
