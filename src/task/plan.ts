/** Which jobs a command asks for: each attempt once, unless `--again` asks for one more, and what is unfinished goes on. */
import { createHash } from 'node:crypto';
import { newSecret } from '../judge/seed.ts';
import { type Job, protocol } from '../queue/job.ts';
import type { Score } from '../records/score.ts';
import type { Artefact } from './artefact.ts';

/** What decides a score, but for its number and the secret that its seed follows from. */
type Base = Omit<Job, 'run' | 'secret' | 'files'>;

export interface Planned {
  readonly artefact: Artefact;
  readonly key: string;
  readonly job: Job;
  /** The score, if it is there already. */
  readonly kept: Score | null;
}

const keyOf = (base: Base, run: number): string =>
  createHash('sha256')
    .update(JSON.stringify([...Object.entries(base).sort(), run]))
    .digest('hex');

interface Asked extends Pick<Base, 'task' | 'ops' | 'baselines' | 'effort' | 'threads' | 'seed' | 'unseen'> {
  readonly classes: readonly (string | null)[];
  readonly again: boolean;
}

/** `kept`: the scores by key. `isDead`: whether a job failed too often, which `--again` passes over. */
export async function plan(
  artefacts: readonly Artefact[],
  { classes, again, ...asked }: Asked,
  kept: ReadonlyMap<string, Score>,
  isDead: (key: string) => Promise<boolean>,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const artefact of artefacts)
    for (const name of classes) {
      const { label, hash, files } = artefact;
      const base: Base = { protocol, ...asked, label, artefact: hash, class: name };
      let run = 1;
      while (kept.has(keyOf(base, run)) || (again && (await isDead(keyOf(base, run))))) run++;
      if (!again && kept.has(keyOf(base, run - 1))) run--;
      const key = keyOf(base, run);
      const sources = files.map(({ path, content }) => ({ path, content: content.toString('base64') }));
      const job = { ...base, files: sources, secret: asked.seed === null ? newSecret() : null, run };
      planned.push({ artefact, key, job, kept: kept.get(key) ?? null });
    }
  return planned;
}
