/** nfold task score: attempts to jobs, jobs to scores, scores to tables. */
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { placeOf } from '../files/places.ts';
import { isBad } from '../judge/verdict.ts';
import { openQueue } from '../queue/open.ts';
import type { Queue } from '../queue/queue.ts';
import { loadScores } from '../records/score.ts';
import type { Io, Result } from '../report/output.ts';
import { inWindow } from '../report/screen.ts';
import type { Scored } from '../schemas/score.ts';
import { readArtefact } from './artefact.ts';
import { type Collected, collect, keepFault } from './collect.ts';
import type { ScoreFlags } from './flags.ts';
import { baselinesOf } from './manifest.ts';
import { type Asked, type Planned, plan, type Settings } from './plan.ts';
import { scoredOf } from './summary.ts';
import { reportScores } from './tables.ts';
import { thisHost, workOn } from './worker.ts';

export async function scoreTask(folders: readonly string[], flags: ScoreFlags, io: Io): Promise<Result<Scored>> {
  if (flags.class && flags.queue === undefined)
    throw new NfoldError('--class chooses among the machines of a queue: give --queue as well.');
  const attempts = await attemptsIn(folders, flags.task);
  const settings = await settingsOf(attempts, flags);
  const kept = new Map([...loadScores(io.warn)].map((score) => [score.key, score]));
  let queue: Queue | null = null;
  const opened = async () => {
    queue ??= await openQueue({ url: flags.queue, wait: { signal: io.signal, tell: io.note } });
    return queue;
  };
  const stateOf = async (key: string) => (await (await opened()).states([key])).get(key)?.state;
  const known = {
    kept,
    isDead: async (key: string) => (await stateOf(key)) === 'dead',
    isSent: async (key: string) => flags.queue !== undefined && (await stateOf(key)) !== undefined,
  };
  try {
    const planned = await plan(attempts, flags.class ?? [null], flags.again === true, settings, known);
    const open = planned.filter(({ isKept }) => !isKept);
    const jobs = open.filter(({ artefact }) => artefact.fault === null);
    const faults = open.flatMap((one) => (one.artefact.fault ? keepFault(one, one.artefact.fault, io.warn) : []));
    const collected = jobs.length > 0 ? await run(jobs, await opened(), flags.watch === true, io) : nothing;
    io.endOnStop();
    const scores = [...planned.flatMap(({ earlier }) => earlier), ...faults, ...collected.scores];
    const interrupted = io.signal.aborted;
    const hosts = jobs.length > 0 ? await (await opened()).hosts() : [];
    const data = scoredOf({ task: settings.task, scores, pending: collected.pending, hosts, interrupted });
    const failed =
      collected.pending.some(({ state }) => state === 'dead') ||
      scores.some(({ key, verdict }) => isBad(verdict) && planned.some((one) => one.key === key));
    return {
      code: interrupted ? exit.interrupted : failed ? exit.failed : exit.fine,
      data,
      text: inWindow(flags.wide === true, () => reportScores(data)),
    };
  } finally {
    await (queue as Queue | null)?.close();
  }
}

const nothing: Collected = { scores: [], pending: [] };

/** Throws NfoldError where they are not of one task, or cannot be told apart. */
async function attemptsIn(folders: readonly string[], name: string | undefined): Promise<Asked[]> {
  const places = folders.map((folder) => resolve(placeOf(folder)));
  const twice = folders.find((_, i) => places.indexOf(places[i]) < i);
  if (twice !== undefined) throw new NfoldError(`${twice} is given twice.`);
  const attempts: Asked[] = [];
  for (const [i, folder] of folders.entries()) {
    const artefact = await readArtefact(folder, name);
    const [first] = attempts;
    if (first && first.artefact.task.name !== artefact.task.name)
      throw new NfoldError(
        `${first.folder} is of the task ${first.artefact.task.name}, and ${folder} of ${artefact.task.name}: score them apart.`,
      );
    const isShared = places.some((other, j) => j !== i && basename(other) === basename(places[i]));
    const label = isShared ? join(basename(dirname(places[i])), artefact.label) : artefact.label;
    if (attempts.some((other) => other.label === label))
      throw new NfoldError(`Two folders are called ${label}: scores go by the name of a folder, so rename one.`);
    attempts.push({ folder, artefact, label });
  }
  return attempts;
}

async function settingsOf([{ artefact }]: readonly Asked[], flags: ScoreFlags): Promise<Settings> {
  const { task } = artefact;
  const { quick, thorough, threads = null, seed = null, unseen } = flags;
  return {
    ...{ task: task.name, ops: [...task.ops], baselines: await baselinesOf(task), threads, seed, unseen },
    effort: quick ? 'quick' : thorough ? 'thorough' : 'default',
  };
}

/** Works the jobs off here, or hands them to the workers of a shared queue. */
async function run(jobs: readonly Planned[], queue: Queue, watches: boolean, io: Io): Promise<Collected> {
  const stopping = queue.sole
    ? 'stopping; the same command goes on where this one stopped'
    : 'stopping; the workers go on';
  io.keepOnStop(stopping);
  let waiting = await sent(queue, jobs);
  if (queue.sole) await queue.clear(jobs.map(({ key }) => key));
  for (;;) {
    const there = jobs.filter((one) => !waiting.includes(one));
    if (queue.sole) await workOn(queue, thisHost(), { once: true, until: there.map(({ key }) => key), stopping }, io);
    else if (watches) await watch(queue, there, waiting.length, io);
    if (waiting.length === 0 || io.signal.aborted || !(queue.sole || watches)) break;
    waiting = await sent(queue, waiting);
  }
  if (waiting.length > 0)
    io.note(`the queue is full: ${counted(waiting.length, 'job')} of ${jobs.length} wait here; run this again later`);
  return collect(jobs, queue, io.warn);
}

/** The jobs that the queue has no room for. */
async function sent(queue: Queue, jobs: readonly Planned[]): Promise<readonly Planned[]> {
  const { left } = await queue.send(jobs);
  return jobs.filter(({ key }) => left.includes(key));
}

const pollMs = 2000;

/** Until all of these jobs are done or dead; while others wait for room, until there may be some. */
async function watch(queue: Queue, jobs: readonly Planned[], others: number, io: Io): Promise<void> {
  while (!io.signal.aborted) {
    const states = [...(await queue.states(jobs.map(({ key }) => key))).values()];
    const of = (state: string) => states.filter((one) => one.state === state);
    const active = of('active').map(({ host }) => host);
    const ended = of('done').length + of('dead').length;
    const on = active.length > 0 ? ` on ${[...new Set(active)].join(', ')}` : '';
    io.progress({
      stage: `${ended} of ${jobs.length + others} ended`,
      detail: `${active.length} active${on}, ${of('waiting').length + others} waiting`,
    });
    if (ended === jobs.length || (others > 0 && of('waiting').length < jobs.length / 2)) return;
    await pause(pollMs, undefined, { signal: io.signal }).catch(() => {});
  }
}
