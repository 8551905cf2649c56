/** Takes the outcomes of jobs from a queue, and keeps each as a record and a score. */
import { attempt } from '../contract/attempt.ts';
import { NfoldError } from '../contract/errors.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { type Job, protocol } from '../queue/job.ts';
import type { Queue, Scored } from '../queue/queue.ts';
import { saveSomewhere } from '../records/folder.ts';
import { type Draft, Record } from '../records/schema.ts';
import { keepScore, type Score } from '../records/score.ts';
import { saveRecord } from '../records/store.ts';
import type { Pending } from '../schemas/score.ts';
import type { Planned } from './plan.ts';
import { type Facts, faulty, scoreOf } from './scoreOf.ts';

type Tell = (sentence: string) => void;

export interface Collected {
  readonly scores: readonly Score[];
  /** Jobs without a score, and where they stand. */
  readonly pending: readonly Pending[];
}

export async function collect(jobs: readonly Planned[], queue: Queue, warn: Tell): Promise<Collected> {
  const states = await queue.states(jobs.map(({ key }) => key));
  const scores: Score[] = [];
  const pending: Pending[] = [];
  for (const planned of jobs) {
    const { state = 'waiting', ...known } = states.get(planned.key) ?? {};
    const scored = state === 'done' ? await queue.scored(planned.key) : null;
    if (scored) scores.push(kept(planned, scored, warn));
    else if (state !== 'done')
      pending.push({ label: planned.job.label, state, host: null, reason: null, tries: 0, ...known });
  }
  return { scores, pending };
}

function kept(planned: Planned, { outcome, host, held, late }: Scored, warn: Tell): Score {
  const facts = { ...factsOf(planned), host: host.name, class: host.class, held, late };
  const draft = draftIn(outcome.record, planned.job);
  const saved = saveSomewhere('record', (folder) => saveRecord(draft, folder), warn);
  return keepScore(scoreOf(saved?.record ?? draft, { ...facts, record: saved?.record.id ?? null }), warn);
}

/** The score of an attempt that cannot be judged; it needs no job. */
export function keepFault(planned: Planned, fault: string, warn: Tell): Score {
  const { effort, seed } = planned.job;
  const origin = { createdAt: new Date().toISOString(), machine: machine(), runtime: runtime(), effort, seed };
  return keepScore(faulty(fault, origin, factsOf(planned)), warn);
}

/** Without a host. */
function factsOf({ artefact, folder, job, key }: Planned): Facts {
  const { task, ops, label, run } = job;
  return {
    ...{ task, ops, protocol, key, label, run, artefact: artefact.hash, folder, record: null },
    ...{ host: null, class: null, held: null, late: 0, ignored: artefact.ignored, copied: artefact.copied },
  };
}

/** What a worker hands in comes from another machine. */
function draftIn(text: string, { label }: Job): Draft {
  const { data } = Record.omit({ id: true }).safeParse(attempt(() => JSON.parse(text)));
  if (data) return data;
  throw new NfoldError(
    `What a worker handed in for ${label} is no record of this version: its nfold is another one.`,
    'bad-file',
  );
}
