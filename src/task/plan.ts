/** Which jobs a command asks for: each attempt once, unless `--again` asks for one more, and what is unfinished goes on. */
import { sha256 } from '../contract/sha256.ts';
import { newSecret } from '../judge/seed.ts';
import { type Job, protocol } from '../queue/job.ts';
import type { Score } from '../records/score.ts';
import type { Artefact } from './artefact.ts';

/** What decides a score, but for its number, its sources, which the hash stands for, and the secret that its seed follows from. */
type Base = Omit<Job, 'run' | 'secret' | 'files'>;

/** What is the same for all attempts of a command. */
export type Settings = Omit<Base, 'protocol' | 'label' | 'artefact' | 'class'>;

/** An attempt that was asked for. */
export interface Asked {
  /** As the user typed it. */
  readonly folder: string;
  readonly artefact: Artefact;
  readonly label: string;
}

export interface Planned extends Asked {
  readonly key: string;
  readonly job: Job;
  /** Whether its score is among the earlier ones. */
  readonly isKept: boolean;
  /** The scores of the same attempt that there are, the oldest first. */
  readonly earlier: readonly Score[];
}

const keyOf = (base: Base, run: number): string => sha256(JSON.stringify([Object.entries(base).sort(), run]));

export interface Known {
  readonly kept: ReadonlyMap<string, Score>;
  /** Whether a job failed too often: `--again` passes over it. */
  isDead(key: string): Promise<boolean>;
  /** Whether a job is in a queue that others work on: it goes on without `--again` as well. */
  isSent(key: string): Promise<boolean>;
}

/** A job for each attempt and class; the class null is any. */
export async function plan(
  attempts: readonly Asked[],
  classes: readonly (string | null)[],
  again: boolean,
  settings: Settings,
  { kept, isDead, isSent }: Known,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const asked of attempts)
    for (const name of classes) {
      const { hash, files } = asked.artefact;
      const base: Base = { protocol, ...settings, label: asked.label, artefact: hash, class: name };
      const earlier: Score[] = [];
      let run = 1;
      for (let key = keyOf(base, run); kept.has(key) || (again && (await isDead(key))); key = keyOf(base, ++run))
        earlier.push(...[kept.get(key) ?? []].flat());
      if (!again && earlier.length > 0 && !(await isSent(keyOf(base, run)))) run--;
      const sources = files.map(({ path, content }) => ({ path, content: content.toString('base64') }));
      const job = { ...base, files: sources, secret: settings.seed === null ? newSecret() : null, run };
      const key = keyOf(base, run);
      planned.push({ ...asked, key, job, isKept: kept.has(key), earlier });
    }
  return planned;
}
