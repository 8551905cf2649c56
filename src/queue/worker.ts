/** The loop of a worker: waits for the host, checks it once a day, takes a job, has it judged, hands its outcome in. */
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../contract/errors.ts';
import type { Job, Outcome } from './job.ts';
import type { Host, HostCheck, Lease, Queue, Terms } from './queue.ts';
import { Passing } from './shared.ts';
import { hostLock } from './timing.ts';

/** What happened, with a sentence for whoever watches. */
export interface WorkEvent {
  readonly kind: 'taken' | 'ended' | 'late' | 'failed' | 'refused' | 'waiting' | 'away' | 'back' | 'checked' | 'held';
  /** Key of the job. */
  readonly key?: string;
  readonly sentence: string;
}

/** Returns the outcome of a job. What it throws is a fault of this host or of the job, which is then tried again. */
export type Judge = (job: Job) => Promise<Outcome>;

export interface WorkOptions extends Pick<Terms, 'fault'> {
  /** Ends as soon as no job waits that it may take. */
  readonly once?: boolean;
  /** Ends as soon as each of these is done or dead. */
  readonly until?: readonly string[];
  /** When it is aborted, the job that runs is given back once its judge has ended. */
  readonly signal: AbortSignal;
  onEvent?(event: WorkEvent): void;
  /** Measures the host; without it, no host is held. */
  check?(host: Host): Promise<HostCheck>;
  /** Name of the lock on timing, which all workers of a host share. */
  readonly lock?: string;
  /** Shortest and longest pause while no job waits. */
  readonly pollSeconds?: readonly [number, number];
  /** Pause after a judge has failed; it doubles each time. */
  readonly restSeconds?: number;
  /** A held host is checked again after this time. */
  readonly recheckSeconds?: number;
}

/** What a worker has done. */
export interface Worked {
  readonly done: number;
  readonly late: number;
  readonly failed: number;
  readonly refused: number;
  /** Why its last check holds this host; null if it does not. */
  readonly held: string | null;
}

/** Longest pause while Postgres is away, or after a judge has failed. */
const maxWaitSeconds = 30;

export async function work(queue: Queue, host: Host, judge: Judge, options: WorkOptions): Promise<Worked> {
  return new Worker(queue, host, judge, options).run();
}

const unmeasured = (host: Host, why: string): HostCheck => ({
  ...{ host, at: new Date().toISOString(), ratio: null, noiseFloor: null, timeNs: null },
  held: `This host could not be checked: ${why.replace(/\.$/, '')}.`,
});

class Worker {
  readonly #queue: Queue;
  readonly #host: Host;
  readonly #judge: Judge;
  readonly #options: WorkOptions;
  readonly #count = { done: 0, late: 0, failed: 0, refused: 0 };
  #check: HostCheck | null = null;

  constructor(queue: Queue, host: Host, judge: Judge, options: WorkOptions) {
    this.#queue = queue;
    this.#host = host;
    this.#judge = judge;
    this.#options = options;
  }

  async run(): Promise<Worked> {
    const { once = false, until, signal, restSeconds = 1, pollSeconds: [shortest, longest] = [0.5, 5] } = this.#options;
    let idle = shortest;
    let failures = 0;
    while (!signal.aborted) {
      if (until && (await this.#allDone(until))) break;
      const turn = await this.#turn();
      if (once && (turn === 'none' || turn === 'held')) break;
      failures = turn === 'failed' ? failures + 1 : 0;
      // A host on which judges fail leaves jobs to others.
      if (turn === 'failed') await this.#pause(Math.min(maxWaitSeconds, restSeconds * 2 ** (failures - 1)));
      idle = turn === 'none' ? Math.min(longest, idle * 1.5) : shortest;
      // Not all workers ask at once.
      if (turn === 'none' || turn === 'held') await this.#pause(idle * (0.75 + Math.random() / 2));
    }
    return { ...this.#count, held: this.#check?.held ?? null };
  }

  async #turn(): Promise<'ended' | 'failed' | 'held' | 'none'> {
    const { signal, lock = 'nfold-timing', fault } = this.#options;
    const release = await hostLock(lock, signal, (sentence) => this.#tell('waiting', sentence));
    if (release === null) return 'none';
    try {
      if (!(await this.#isFit())) return 'held';
      const refused = (key: string, why: string) => {
        this.#count.refused++;
        this.#tell('refused', `${key.slice(0, 12)}: refused. ${why}`, key);
      };
      const lease = await this.#persist(() => this.#queue.take(this.#host, { fault, refused }));
      return lease ? await this.#score(lease) : 'none';
    } finally {
      await release();
    }
  }

  async #score(lease: Lease): Promise<'ended' | 'failed'> {
    const { key, job } = lease;
    const name = `${job.label} ${key.slice(0, 12)}`;
    this.#tell('taken', `${name}: taken`, key);
    const began = performance.now();
    const outcome = await this.#judge(job).catch((error) => messageOf(error));
    const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`;
    if (this.#options.signal.aborted || (typeof outcome !== 'string' && outcome.interrupted)) {
      await lease.giveBack().catch(() => {});
      this.#tell('failed', `${name}: given back, after ${seconds}`, key);
      return 'failed';
    }
    if (typeof outcome === 'string') {
      await this.#persist(() => lease.fail(outcome));
      this.#count.failed++;
      this.#tell('failed', `${name}: failed after ${seconds}: ${outcome}`, key);
      return 'failed';
    }
    const counts = await this.#persist(() => lease.finish(outcome, this.#check?.held ?? null));
    if (counts === null) this.#tell('failed', `${name}: its outcome could not be handed in`, key);
    else if (counts) this.#count.done++;
    else this.#count.late++;
    if (counts !== null)
      this.#tell(
        counts ? 'ended' : 'late',
        `${name}: ${counts ? 'ended' : 'came too late and is not used'}, after ${seconds}`,
        key,
      );
    return 'ended';
  }

  /** Whether this host may take a job: it was checked today, and is not held. The only host goes on, and its results are held. */
  async #isFit(): Promise<boolean> {
    const { check, signal, recheckSeconds = 600 } = this.#options;
    if (check === undefined) return true;
    this.#check ??= await this.#lastCheck();
    const age = this.#check ? Date.now() - Date.parse(this.#check.at) : Number.POSITIVE_INFINITY;
    const isOld = this.#check?.at.slice(0, 10) !== new Date().toISOString().slice(0, 10);
    if (isOld || (this.#check?.held && age > recheckSeconds * 1000)) {
      const found = await check(this.#host).catch((error) => unmeasured(this.#host, messageOf(error)));
      if (signal.aborted) return false;
      await this.#persist(() => this.#queue.putCheck(found));
      this.#check = found;
      if (found.held === null) this.#tell('checked', `${this.#host.name} is fit: its baseline is as fast as itself`);
      else this.#tell('held', `${this.#host.name} is held. ${found.held} ${this.#sequel(recheckSeconds)}`);
    }
    return this.#check?.held === null || this.#queue.sole;
  }

  /** Another process of this host may have checked it today. */
  async #lastCheck(): Promise<HostCheck | null> {
    const { name, class: machineClass } = this.#host;
    const all = (await this.#persist(() => this.#queue.hosts())) ?? [];
    return all.find(({ host }) => host.name === name && host.class === machineClass) ?? null;
  }

  #sequel(recheckSeconds: number): string {
    return this.#queue.sole
      ? 'Its results are kept, marked as held.'
      : `It takes no job, and is checked again after ${recheckSeconds} s.`;
  }

  /** Repeats what fails as long as Postgres is away. Null if it was asked to stop meanwhile. */
  async #persist<T>(action: () => Promise<T>): Promise<T | null> {
    for (let tries = 0; ; tries++) {
      try {
        const value = await action();
        if (tries > 0) this.#tell('back', 'Postgres is back');
        return value;
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        if (tries === 0) this.#tell('away', `${error.message} This worker keeps what it has, and tries again.`);
        if (this.#options.signal.aborted) return null;
        await this.#pause(Math.min(maxWaitSeconds, 0.25 * 2 ** tries));
      }
    }
  }

  async #allDone(keys: readonly string[]): Promise<boolean> {
    const states = await this.#persist(() => this.#queue.states(keys));
    return keys.every((key) => ['done', 'dead'].includes(states?.get(key)?.state ?? ''));
  }

  #tell(kind: WorkEvent['kind'], sentence: string, key?: string): void {
    this.#options.onEvent?.({ kind, sentence, key });
  }

  async #pause(seconds: number): Promise<void> {
    await pause(seconds * 1000, undefined, { signal: this.#options.signal }).catch(() => {});
  }
}
